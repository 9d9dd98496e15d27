import { Random } from '@nasc/random';
import { expect, test } from 'vitest';
import type { ScoredNetwork } from '../rank-networks.ts';
import { breeder, cross, mutate } from './breed.ts';

const random = new Random({ seed: 3, stream: 'test.breed' });
const network = (choice: number, score: number): ScoredNetwork => ({
  choices: [choice, choice, choice],
  score,
  accuracy: 0,
  crossEntropy: -score,
});

test('mutation draws about the given share of the choices anew, within their candidates', () => {
  const counts = Array.from({ length: 4000 }, (_, choice) => 2 + (choice % 3));
  const parent = counts.map((count) => count - 1);
  const child = mutate(parent, counts, 0.2, random);
  for (const [choice, chosen] of child.entries()) expect(chosen).toBeLessThan(counts[choice]!);
  // Of those drawn anew one in `count` is the same again: 0.2 (1/2 + 2/3 + 3/4) / 3 differ.
  const changed = child.filter((chosen, choice) => chosen !== parent[choice]).length;
  expect(Math.abs(changed / 4000 - 0.1278)).toBeLessThan(0.02);
  expect(mutate(parent, counts, 0, random)).toEqual(parent);
});

test('crossover takes each choice from one of the two, half from either', () => {
  const child = cross(Array(4000).fill(0) as number[], Array(4000).fill(1) as number[], random);
  expect(Math.abs(child.reduce((sum, value) => sum + value, 0) / 4000 - 0.5)).toBeLessThan(0.03);
});

const options = { population: 4, parents: 2, mutation: 0, crossover: 0.5 };

test('"best": parents are the best of all complete generations', () => {
  const scored = [5, 1, 4, 2, 3, 6, 0, 7].map((choice) => network(choice, choice));
  const parentsOf = (networks: readonly ScoredNetwork[]) =>
    new Set(
      Array.from({ length: 200 }, () => breeder(networks, [8, 8, 8], { ...options, survival: 'best' }, random)()).flatMap((child) => child),
    );
  expect(parentsOf(scored)).toEqual(new Set([6, 7]));
  // The second generation is not complete: its networks have no children yet.
  expect(parentsOf(scored.slice(0, 7))).toEqual(new Set([4, 5]));
});

test('"youngest": a parent comes from the last population, however good those before were', () => {
  const scored = [9, 8, 1, 2, 3, 4].map((choice) => network(choice, choice));
  const child = () => breeder(scored, [10, 10, 10], { ...options, survival: 'youngest' }, random)()[0]!;
  const parents = Array.from({ length: 400 }, child);
  expect(Math.max(...parents)).toBe(4);
  // The better of two of 1 to 4, drawn with repetition: 4 in 7 of 16.
  expect(Math.abs(parents.filter((parent) => parent === 4).length / 400 - 7 / 16)).toBeLessThan(0.08);
});
