// What a figure is over all networks of a space.

export interface Range {
  readonly minimum: number;
  readonly maximum: number;
  /** Mean over all networks. */
  readonly uniform: number;
}
