import { Random } from '@nasc/random';
import { describe, expect, it } from 'vitest';
import { planMemory } from './memory-plan.ts';
import type { LiveBuffer } from './memory-plan.ts';

const randomBuffers = (seed: number): LiveBuffer[] => {
  const random = new Random({ seed, stream: 'test.memoryPlan' });
  return Array.from({ length: 2 + random.integer(30) }, (_, index) => {
    const first = random.integer(20);
    return { id: `b${index}`, bytes: 1 + random.integer(5000), first, last: first + random.integer(6) };
  });
};

describe('planMemory', () => {
  it('never lets buffers that are alive together overlap, aligns them, and keeps within its own bounds', () => {
    for (let seed = 0; seed < 200; seed++) {
      const buffers = randomBuffers(seed);
      const plan = planMemory(buffers);
      for (const buffer of buffers) {
        const start = plan.offsets.get(buffer.id)!;
        expect(start % 64).toBe(0);
        expect(start + buffer.bytes).toBeLessThanOrEqual(plan.arenaBytes);
        for (const other of buffers) {
          if (other === buffer || other.first > buffer.last || buffer.first > other.last) continue;
          const otherStart = plan.offsets.get(other.id)!;
          expect(start + buffer.bytes <= otherStart || otherStart + other.bytes <= start).toBe(true);
        }
      }
      expect(plan.arenaBytes).toBeGreaterThanOrEqual(plan.lowerBoundBytes);
    }
  });

  it('reaches the lower bound on a chain, where only neighbours are alive together', () => {
    const chain = [640, 1280, 64, 3200, 640].map((bytes, index) => ({ id: `t${index}`, bytes, first: index, last: index + 1 }));
    const plan = planMemory(chain);
    expect(plan.lowerBoundBytes).toBe(3200 + 640);
    expect(plan.arenaBytes).toBe(3200 + 640);
  });

  it('fills the gap that fits best instead of growing', () => {
    const plan = planMemory([
      { id: 'a', bytes: 1024, first: 0, last: 1 },
      { id: 'b', bytes: 512, first: 0, last: 5 },
      { id: 'c', bytes: 1024, first: 2, last: 5 },
    ]);
    expect(plan.arenaBytes).toBe(1536);
  });

  it('lets a buffer lie over the one that it is made from, as far in front of it as asked for', () => {
    const plan = planMemory([
      { id: 'image', bytes: 6400, first: 0, last: 1 },
      { id: 'same', bytes: 6400, first: 1, last: 2, over: { id: 'image', before: 0 } },
      { id: 'wider', bytes: 9600, first: 2, last: 3, over: { id: 'same', before: 100 } },
      { id: 'scratch', bytes: 640, first: 2, last: 2 },
      { id: 'apart', bytes: 1280, first: 3, last: 4 },
    ]);
    const at = (id: string) => plan.offsets.get(id)!;
    expect(at('same')).toBe(at('image'));
    // 100 bytes are two lines.
    expect(at('same') - at('wider')).toBe(128);
    expect(plan.lowerBoundBytes).toBe(9600 + 1280);
    expect(plan.arenaBytes).toBe(9600 + 1280);
  });

  it('keeps everything else apart from buffers that lie over each other', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random({ seed, stream: 'test.overlays' });
      const buffers = randomBuffers(seed).map((buffer, index, all): LiveBuffer => {
        const under = all[random.integer(index + 1)]!;
        // What is read last in the call that writes this one.
        return under.last === buffer.first && under.first < buffer.first
          ? { ...buffer, over: { id: under.id, before: random.integer(300) } }
          : buffer;
      });
      const taken = new Set<string>();
      const once = buffers.map(({ over, ...buffer }): LiveBuffer => {
        if (!over || taken.has(over.id)) return buffer;
        taken.add(over.id);
        return { ...buffer, over };
      });
      const plan = planMemory(once);
      const range = ({ id, bytes }: LiveBuffer) => [plan.offsets.get(id)!, plan.offsets.get(id)! + bytes] as const;
      for (const a of once) {
        const [start, end] = range(a);
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(plan.arenaBytes);
        for (const b of once) {
          if (a === b || b.first > a.last || a.first > b.last || a.over?.id === b.id || b.over?.id === a.id) continue;
          const [otherStart, otherEnd] = range(b);
          expect(end <= otherStart || otherEnd <= start, `${a.id} and ${b.id}, seed ${seed}`).toBe(true);
        }
      }
    }
  });

  it('needs nothing for nothing', () => {
    expect(planMemory([])).toMatchObject({ arenaBytes: 0, lowerBoundBytes: 0 });
  });
});
