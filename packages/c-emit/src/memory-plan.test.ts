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

  it('needs nothing for nothing', () => {
    expect(planMemory([])).toMatchObject({ arenaBytes: 0, lowerBoundBytes: 0 });
  });
});
