import { expect, it } from 'vitest';
import { hostDevice } from './host-device.ts';

it('names the processor, and whatever changes speed changes the id', () => {
  const one = hostDevice({ threads: 1, width: 'avx2' });
  expect(one.description).toContain('threads 1, width avx2');
  expect(one.id).toMatch(/^[a-z0-9-]+$/);
  expect(hostDevice({ threads: 1, width: 'avx2' })).toEqual(one);
  expect(hostDevice({ threads: 2, width: 'avx2' }).id).not.toBe(one.id);
});
