// Generated from schemas/latency-table.schema.json by `npm run generate`; do not edit.

/**
 * Latencies of a device by block: the file of the target `table`.
 */
export interface LatencyTableFile {
  /**
   * This schema's address, for completion in editors.
   */
  $schema?: string;
  /**
   * What the latencies are of: device, runtime, threads. For people.
   */
  device: string;
  /**
   * Where the numbers come from.
   */
  source?: string;
  /**
   * A built-in table that these entries are added to; an entry here replaces one there.
   */
  extends?: 'pixel1';
  /**
   * Latency of each block, by its key: docs/formats.md has the grammar.
   */
  entries: {
    [k: string]: LatencyTableEntry;
  };
}
/**
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^(Conv(_1)?-input:\d+x\d+x\d+-output:\d+x\d+x\d+|Logits-input:\d+x\d+x\d+-output:\d+|expanded_conv-input:\d+x\d+x\d+-output:\d+x\d+x\d+-expand:\d+(\.\d+)?-kernel:\d+-stride:\d+-idskip:[01])$".
 */
export interface LatencyTableEntry {
  /**
   * Mean latency of one image, ms, shortcut included.
   */
  ms: number;
  /**
   * Measurements behind it.
   */
  count: number;
  /**
   * Variance of the measurements, ms².
   */
  variance: number;
}
