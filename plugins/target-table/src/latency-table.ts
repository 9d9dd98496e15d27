// A device as a table: latencies of blocks by key.

export interface TableEntry {
  /** Mean latency of one image. */
  readonly ms: number;
  /** Measurements behind it. */
  readonly count: number;
  /** Of the measurements, ms². */
  readonly variance: number;
}

export interface LatencyTable {
  /** What the latencies are of, for people. */
  readonly device: string;
  readonly source?: string;
  /** By key, in the grammar of `blockKey`. */
  readonly entries: ReadonlyMap<string, TableEntry>;
}
