// What a region is made of once lowered: a unit is one op, or several that one set of kernels does together.
import type { BatchNormMode } from '@nasc/core';
import type { NodeId } from '@nasc/ir';
import type { BufferId, Call } from './call.ts';

export interface ForwardMode {
  readonly batchNorm: BatchNormMode;
  /** Whether dropout and its like draw; they do not in evaluation. */
  readonly random: boolean;
}

/** Where the gradient of input `index` goes; `add` holds what else is part of it, and may be `buffer` itself. */
export interface GradientTarget {
  readonly index: number;
  readonly buffer: BufferId;
  readonly add: BufferId | undefined;
}

export interface BackwardMode {
  /** Whether gradients of parameters are wanted. */
  readonly weights: boolean;
  /** Whether the forward pass used running statistics. */
  readonly frozen: boolean;
  /** Where the gradient of the unit's output is. */
  readonly gradient: BufferId;
  readonly targets: readonly GradientTarget[];
}

/** Batch statistics that a forward pass left in buffers of the region. */
export interface UnitStatistics {
  readonly node: NodeId;
  readonly channels: number;
  readonly mean: BufferId;
  readonly variance: BufferId;
}

/** Parameters in which a batch normalisation keeps its running statistics. */
export const runningMean = 'runningMean';
export const runningVariance = 'runningVariance';

export interface Unit {
  readonly id: NodeId;
  readonly inputs: readonly NodeId[];
  readonly output: NodeId;
  /** Inputs that it passes a gradient to. */
  readonly differentiable: readonly number[];
  /** Those of them whose gradient is that of the output: nothing is computed for them. */
  readonly identities: readonly number[];
  readonly trainable: boolean;
  forward(mode: ForwardMode): readonly Call[];
  backward(mode: BackwardMode): readonly Call[];
  /** Writes the output once more, from what is kept anyway; absent where that is more than a pass over it. */
  readonly again?: (() => readonly Call[]) | undefined;
  /** Floats of its buffers: saved and temporary ones. */
  readonly buffers: ReadonlyMap<BufferId, number>;
  readonly statistics: readonly UnitStatistics[];
}

export const valueBuffer = (id: NodeId): BufferId => `v:${id}`;
export const gradientBuffer = (id: NodeId): BufferId => `g:${id}`;
export const parameterBuffer = (id: string): BufferId => `p:${id}`;
export const parameterGradientBuffer = (id: string): BufferId => `d:${id}`;
export const randomKeyBuffer: BufferId = '@randomKey';
