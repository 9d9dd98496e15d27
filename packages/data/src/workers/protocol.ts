// What goes between the thread that asks and the threads that work.
import type { Diagnostic } from '@nasc/diagnostics';
import { DiagnosticError } from '@nasc/diagnostics';
import type { ImageReader } from '../image-reader.ts';
import type { Job } from './jobs.ts';
import type { Control } from './take-items.ts';

export type Request =
  /** Before the first job that uses it. */
  { readonly kind: 'reader'; readonly reader: ImageReader } | JobRequest;

export interface JobRequest {
  readonly kind: 'job';
  readonly id: number;
  readonly job: Job;
  readonly count: number;
  readonly control: Control;
}

/** Diagnostics arrive as they are; other errors with message and stack. */
export type Failure = { readonly diagnostics: readonly Diagnostic[] } | { readonly error: unknown };

export type Reply =
  /** Sent by the thread that ended the last item. */
  | { readonly kind: 'finished'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly position: number; readonly failure: Failure };

export const failureOf = (error: unknown): Failure => (error instanceof DiagnosticError ? { diagnostics: error.diagnostics } : { error });

export const errorOf = (failure: Failure): unknown => ('diagnostics' in failure ? new DiagnosticError(failure.diagnostics) : failure.error);
