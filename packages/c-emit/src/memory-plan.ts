// Where every buffer of a program lies in one arena: buffers that are never alive together may share bytes.
// Greedy best fit, the largest first, in a few orders; the smallest arena wins. Deterministic: ties go by id.

export interface LiveBuffer {
  readonly id: string;
  readonly bytes: number;
  /** Index of the first and of the last call during which the content is needed, both included. */
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  /** Buffer id -> byte offset, a multiple of the alignment. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly arenaBytes: number;
  /** Largest sum of bytes alive during one call: no plan needs less. */
  readonly lowerBoundBytes: number;
}

const overlaps = (a: LiveBuffer, b: LiveBuffer): boolean => a.first <= b.last && b.first <= a.last;

const roundUp = (bytes: number, alignment: number): number => Math.ceil(bytes / alignment) * alignment;

/** Lowest offset of the tightest gap between the placed neighbours that holds `bytes`, or the end of the last one. */
const bestFit = (bytes: number, neighbours: readonly { readonly start: number; readonly end: number }[]): number => {
  let best: { readonly offset: number; readonly slack: number } | undefined;
  let cursor = 0;
  for (const { start, end } of neighbours.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const slack = start - cursor - bytes;
    if (slack >= 0 && (!best || slack < best.slack)) best = { offset: cursor, slack };
    cursor = Math.max(cursor, end);
  }
  return best?.offset ?? cursor;
};

const place = (order: readonly LiveBuffer[], alignment: number): { offsets: Map<string, number>; arenaBytes: number } => {
  const placed: { readonly buffer: LiveBuffer; readonly start: number; readonly end: number }[] = [];
  const offsets = new Map<string, number>();
  let arenaBytes = 0;
  for (const buffer of order) {
    const size = roundUp(buffer.bytes, alignment);
    const start = bestFit(
      size,
      placed.filter((other) => overlaps(buffer, other.buffer)),
    );
    placed.push({ buffer, start, end: start + size });
    offsets.set(buffer.id, start);
    arenaBytes = Math.max(arenaBytes, start + size);
  }
  return { offsets, arenaBytes };
};

const byId = (a: LiveBuffer, b: LiveBuffer): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const duration = (buffer: LiveBuffer): number => buffer.last - buffer.first + 1;

const orders: readonly ((a: LiveBuffer, b: LiveBuffer) => number)[] = [
  (a, b) => b.bytes - a.bytes || byId(a, b),
  (a, b) => b.bytes * duration(b) - a.bytes * duration(a) || byId(a, b),
  (a, b) => duration(b) - duration(a) || b.bytes - a.bytes || byId(a, b),
  (a, b) => a.first - b.first || b.bytes - a.bytes || byId(a, b),
];

/** Largest sum of bytes alive at once; it is reached where some buffer begins. */
const lowerBound = (buffers: readonly LiveBuffer[]): number =>
  buffers.reduce((most, { first }) => {
    const alive = buffers.filter((buffer) => buffer.first <= first && first <= buffer.last);
    return Math.max(
      most,
      alive.reduce((sum, buffer) => sum + buffer.bytes, 0),
    );
  }, 0);

export const planMemory = (buffers: readonly LiveBuffer[], alignment = 64): MemoryPlan => {
  const plans = orders.map((order) => place(buffers.toSorted(order), alignment));
  const best = plans.reduce((a, b) => (b.arenaBytes < a.arenaBytes ? b : a));
  return { ...best, lowerBoundBytes: lowerBound(buffers) };
};
