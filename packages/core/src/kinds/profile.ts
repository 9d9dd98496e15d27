// What was measured of a device, or is known of it otherwise: plain data that people keep in files (schemas/profile.schema.json).
import type { DeviceDescription } from './target.ts';

/** A block wherever it stands: its latency by its key (`blockKey` of packages/profile), for all spaces. */
export interface ProfiledBlock {
  /** Latency of one image, ms. */
  readonly ms: number;
  /** Measurements behind it. */
  readonly count: number;
  /** Of the measurements, ms². */
  readonly variance: number;
  /** Multiply-accumulates, parameters, and bytes of the block's inputs and outputs: what sizes that were never measured are told from. */
  readonly macs?: number;
  readonly parameters?: number;
  readonly activationBytes?: number;
}

/** A whole network, measured. */
export interface ProfiledNetwork {
  /** Index of the candidate per choice. */
  readonly choices: readonly number[];
  /** Latency of one image as it was measured, ms. */
  readonly ms: number;
  /** What the reference network took in the same minutes, ms; absent where none was measured beside it. */
  readonly referenceMs?: number;
  /** Runs behind `ms`, where whoever measured it says so. */
  readonly samples?: number;
  /** Of the same network, by entry of the space's `entries`, ms; 0 for a block that computes nothing. */
  readonly blocksMs?: readonly number[];
}

export interface ProfiledCandidate {
  readonly name: string;
  /** Absent where the space is known by its numbers of candidates alone. */
  readonly key?: string;
}

/** Networks of one space. */
export interface ProfiledSpace {
  readonly name: string;
  /** In the order of `choicesOf(space)`. */
  readonly choices: readonly { readonly id: string; readonly candidates: readonly ProfiledCandidate[] }[];
  /** What every network has besides: units, each with the keys of its blocks. */
  readonly fixed: readonly { readonly id: string; readonly keys: readonly string[] }[];
  /** To whose speed the latencies of the networks are normalised: the median of its measurements, ms, and how much these differ from one to the next, as a share. Imported measurements may not say which network it was. */
  readonly reference?: { readonly choices?: readonly number[]; readonly ms: number; readonly noise: number };
  readonly networks: readonly ProfiledNetwork[];
}

/** What the machine was like at a moment of the measurement. Values that the system does not tell are absent. */
export interface DeviceConditions {
  readonly time: string;
  /** Runnable processes, mean over a minute. */
  readonly load?: number;
  readonly governor?: string;
  readonly frequencyMHz?: number;
  readonly temperatureC?: number;
}

export interface Profile {
  readonly device: DeviceDescription;
  /** The target that the device was measured through, with its options; absent where the latencies come from elsewhere. */
  readonly target?: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  /** Where numbers come from that were not measured here. */
  readonly source?: string;
  /** How the values were obtained. */
  readonly protocol: Readonly<Record<string, number | string>>;
  readonly conditions?: { readonly before: DeviceConditions; readonly after: DeviceConditions };
  /** By key. */
  readonly blocks: Readonly<Record<string, ProfiledBlock>>;
  readonly spaces: readonly ProfiledSpace[];
}
