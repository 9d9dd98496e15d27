// Where every buffer of a program lies in one arena: buffers that are never alive together may share bytes, and a buffer may lie
// over another that is read while it is written. Greedy best fit, the largest first, in a few orders; the smallest arena wins.
// Deterministic: ties go by id.

export interface LiveBuffer {
  readonly id: string;
  readonly bytes: number;
  /** Index of the first and of the last call during which the content is needed, both included. */
  readonly first: number;
  readonly last: number;
  /** Lies over the buffer `id`, although both are alive: begins `before` bytes in front of it, rounded up to the alignment. */
  readonly over?: { readonly id: string; readonly before: number };
}

export interface MemoryPlan {
  /** Buffer id -> byte offset, a multiple of the alignment. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly arenaBytes: number;
  /** Largest sum of bytes alive during one call, what lies over each other counted once: no plan needs less. */
  readonly lowerBoundBytes: number;
}

interface Member {
  readonly buffer: LiveBuffer;
  /** Bytes from the start of the body. */
  readonly start: number;
  readonly end: number;
}

/** Buffers whose places depend on each other; mostly one. */
interface Body {
  readonly id: string;
  readonly members: readonly Member[];
  /** From the start of the first to the end of the last. */
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

const overlaps = (a: LiveBuffer, b: LiveBuffer): boolean => a.first <= b.last && b.first <= a.last;

const roundUp = (bytes: number, alignment: number): number => Math.ceil(bytes / alignment) * alignment;

/** Lowest offset of the tightest gap between what is alive with the buffer that holds `bytes`, or the end of the last one. */
const bestFit = (bytes: number, buffer: LiveBuffer, placed: readonly Member[]): number => {
  let best: { readonly offset: number; readonly slack: number } | undefined;
  let cursor = 0;
  for (const { buffer: other, start, end } of placed) {
    if (!overlaps(buffer, other)) continue;
    const slack = start - cursor - bytes;
    if (slack >= 0 && (!best || slack < best.slack)) best = { offset: cursor, slack };
    cursor = Math.max(cursor, end);
  }
  return best?.offset ?? cursor;
};

/** Keeps the list in the order of offsets. */
const insert = (placed: Member[], member: Member): void => {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { start, end } = placed[middle]!;
    if (start < member.start || (start === member.start && end <= member.end)) low = middle + 1;
    else high = middle;
  }
  placed.splice(low, 0, member);
};

/** Lowest offset at which no member of a body meets what is placed. */
const lowestFit = ({ members }: Body, placed: readonly Member[]): number => {
  const blocked = members.flatMap((member) =>
    placed
      .filter(({ buffer }) => overlaps(member.buffer, buffer))
      .map(({ start, end }) => ({ from: start - member.end, to: end - member.start })),
  );
  const candidates = [0, ...blocked.map(({ to }) => to).filter((to) => to > 0)].toSorted((a, b) => a - b);
  return candidates.find((offset) => blocked.every(({ from, to }) => offset <= from || offset >= to))!;
};

const place = (order: readonly Body[]): { offsets: Map<string, number>; arenaBytes: number } => {
  const placed: Member[] = []; // by offset
  const offsets = new Map<string, number>();
  let arenaBytes = 0;
  for (const body of order) {
    const [only, ...others] = body.members;
    const offset = others.length > 0 ? lowestFit(body, placed) : bestFit(body.bytes, only!.buffer, placed);
    for (const { buffer, start, end } of body.members) {
      insert(placed, { buffer, start: offset + start, end: offset + end });
      offsets.set(buffer.id, offset + start);
      arenaBytes = Math.max(arenaBytes, offset + end);
    }
  }
  return { offsets, arenaBytes };
};

/** Buffers that lie over each other become one body. */
const bodiesOf = (buffers: readonly LiveBuffer[], alignment: number): readonly Body[] => {
  const positions = new Map<string, { readonly root: string; readonly at: number }>();
  const byRoot = new Map<string, { readonly buffer: LiveBuffer; readonly at: number }[]>();
  for (const buffer of buffers.toSorted((a, b) => a.first - b.first)) {
    const under = buffer.over && positions.get(buffer.over.id);
    const { root, at } = under ? { root: under.root, at: under.at - roundUp(buffer.over.before, alignment) } : { root: buffer.id, at: 0 };
    positions.set(buffer.id, { root, at });
    byRoot.set(root, [...(byRoot.get(root) ?? []), { buffer, at }]);
  }
  return buffers
    .filter(({ id }) => byRoot.has(id))
    .map(({ id }): Body => {
      const parts = byRoot.get(id)!;
      const lowest = Math.min(...parts.map(({ at }) => at));
      const members = parts.map(({ buffer, at }) => ({ buffer, start: at - lowest, end: at - lowest + roundUp(buffer.bytes, alignment) }));
      return {
        id,
        members,
        bytes: Math.max(...members.map(({ end }) => end)),
        first: Math.min(...parts.map(({ buffer }) => buffer.first)),
        last: Math.max(...parts.map(({ buffer }) => buffer.last)),
      };
    });
};

const byId = (a: Body, b: Body): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const duration = (body: Body): number => body.last - body.first + 1;

const orders: readonly ((a: Body, b: Body) => number)[] = [
  (a, b) => b.bytes - a.bytes || byId(a, b),
  (a, b) => b.bytes * duration(b) - a.bytes * duration(a) || byId(a, b),
  (a, b) => duration(b) - duration(a) || b.bytes - a.bytes || byId(a, b),
  (a, b) => a.first - b.first || b.bytes - a.bytes || byId(a, b),
];

/** Bytes of several members that are taken while call `time` runs, gaps between them included. */
const bytesAt = (members: readonly Member[], time: number): number => {
  const alive = members.filter(({ buffer }) => buffer.first <= time && time <= buffer.last);
  if (alive.length === 0) return 0;
  return Math.max(...alive.map(({ start, buffer }) => start + buffer.bytes)) - Math.min(...alive.map(({ start }) => start));
};

const aliveAt = (bodies: readonly Body[], time: number): number => {
  let sum = 0;
  for (const { members, first, last } of bodies) {
    if (first <= time && time <= last) sum += members.length === 1 ? members[0]!.buffer.bytes : bytesAt(members, time);
  }
  return sum;
};

/** Largest sum of bytes alive at once; it is reached where some buffer begins. */
const lowerBound = (bodies: readonly Body[]): number => {
  const begins = new Set(bodies.flatMap(({ members }) => members.map(({ buffer }) => buffer.first)));
  return Math.max(0, ...[...begins].map((time) => aliveAt(bodies, time)));
};

/** Bytes that any plan needs while each of the calls runs, what lies over each other counted once. */
export const bytesAlive = (buffers: readonly LiveBuffer[], calls: number, alignment = 64): readonly number[] => {
  const bodies = bodiesOf(buffers, alignment);
  return Array.from({ length: calls }, (_, time) => aliveAt(bodies, time));
};

export const planMemory = (buffers: readonly LiveBuffer[], alignment = 64): MemoryPlan => {
  const bodies = bodiesOf(buffers, alignment);
  const plans = orders.map((order) => place(bodies.toSorted(order)));
  const best = plans.reduce((a, b) => (b.arenaBytes < a.arenaBytes ? b : a));
  return { ...best, lowerBoundBytes: lowerBound(bodies) };
};
