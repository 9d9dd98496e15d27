// What a running pass tells whoever watches: how far it is, in what unit, and how long the rest will take.

export interface ProgressEvent {
  readonly stage: string;
  /** `dataset` while the data set is loaded, under the stage that asked for it first. */
  readonly pass: string;
  /** The target the pass works for, where a stage runs once per target. */
  readonly target?: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly message?: string;
  readonly elapsedMs: number;
  /** Estimated from the speed so far; undefined until something was done. */
  readonly remainingMs: number | undefined;
}

export interface CheckpointEvent {
  readonly stage: string;
  readonly pass: string;
  readonly target?: string;
  readonly action: 'stored' | 'resumed';
}

export interface PipelineEvents {
  stageStart: { readonly stage: string; readonly part: string; readonly target?: string };
  /** `cached` when the stored artifact was used. */
  stageEnd: {
    readonly stage: string;
    readonly part: string;
    readonly target?: string;
    readonly cached: boolean;
    readonly elapsedMs: number;
  };
  progress: ProgressEvent;
  /** Unfinished work was stored, or an earlier run's is gone on with. */
  checkpoint: CheckpointEvent;
  diagnostic: import('@nasc/diagnostics').Diagnostic;
}

export type PipelineListener = <K extends keyof PipelineEvents>(name: K, event: PipelineEvents[K]) => void;
