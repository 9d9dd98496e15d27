// Valid configs and spaces with a few places spoiled: whatever it is, it is either taken or refused by diagnostics with a place.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { locateIn, validateConfig, validateSpace } from '@nasc/config';
import { expandSpace } from '@nasc/expand';
import { lookupOf } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';
import { mobileSmall } from '@nasc/spaces';
import { DiagnosticError } from 'nasc';
import { expect, test } from 'vitest';

const seed = 20;
const registry = { ops: lookupOf(primitiveOps), macros: lookupOf(macros) };
const readExample = (path: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '../../examples', path), 'utf8'));

const odd: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  '__proto__',
  'constructor',
  'zero',
  '../..',
  '\u0000',
  -1,
  0,
  0.5,
  3,
  1e9,
  1e308,
  -1e308,
  Number.NaN,
  Infinity,
  [],
  {},
  [[]],
  { name: 'x' },
  [null],
  'a'.repeat(10_000),
];
const keys: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'x',
  '',
  'a/b~c',
  'name',
  'macro',
  'kernel',
  'width',
  'groups',
  'zero',
  'stride',
];

type Holder = Record<string, unknown> | unknown[];

/** Every object and list in a value. */
const holdersOf = (value: unknown): readonly Holder[] => {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Holder, ...Object.values(value).flatMap(holdersOf)];
};

const set = (holder: Holder, key: string, value: unknown): void =>
  void Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });

/** One to three places deleted, replaced, exchanged, doubled or added; drawn by the number of the case. */
const spoil = (value: unknown, index: number): unknown => {
  const random = new Random({ seed, stream: 'test.spoil', index });
  const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)]!;
  const copy = structuredClone(value);
  for (let times = 1 + random.integer(3); times > 0; times--) {
    const holder = pick(holdersOf(copy));
    const own = Object.keys(holder);
    const key = own.length > 0 ? pick(own) : 'x';
    const kind = random.integer(5);
    if (kind === 0 && Array.isArray(holder)) holder.splice(Number(key) || 0, 1);
    else if (kind === 0) Reflect.deleteProperty(holder, key);
    else if (kind === 1) set(holder, key, structuredClone(pick(odd)));
    else if (kind === 2 && Array.isArray(holder) && holder.length > 0) holder.push(structuredClone(holder[0]));
    else if (kind === 2) set(holder, pick(keys), structuredClone(pick(odd)));
    else if (kind === 3) set(holder, key, structuredClone(pick(holdersOf(value))));
    else if (typeof (holder as Record<string, unknown>)[key] === 'number') set(holder, key, pick([-1, 0, 0.5, 7, 1000, 1e9]));
  }
  return copy;
};

/** Tells what is wrong with the way in which a value is refused; undefined where it is taken or refused well. */
const complaint = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    const bare = error.diagnostics.find(({ at, message, code }) => !at || !message || !code || /undefined|\[object/.test(message));
    if (error.diagnostics.length === 0) return 'refused without a diagnostic';
    return bare && `refused without a place, or unclearly: ${JSON.stringify(bare)}`;
  }
};

const cases = 300;

test.each<[string, unknown]>([
  ['the demo', readExample('demo/nasc.config.json')],
  ['a config with its own space', { ...(readExample('own-space/nasc.config.json') as object), space: readExample('own-space/space.json') }],
])('spoiled configs: %s', (_, config) => {
  const complaints = Array.from({ length: cases }, (_item, index) => {
    const spoiled = spoil(config, index);
    const found = complaint(() => validateConfig(spoiled as never, 'nasc.config.json'));
    return found === undefined ? [] : [`case ${index}: ${found}`];
  }).flat();
  expect(complaints).toEqual([]);
  expect(complaint(() => validateConfig(config as never, 'nasc.config.json'))).toBeUndefined();
});

test.each<[string, unknown]>([
  ['mobile-small', mobileSmall],
  ["the example of a user's own", readExample('own-space/space.json')],
])('spoiled spaces: %s', (_, space) => {
  let taken = 0;
  const complaints = Array.from({ length: cases }, (_item, index) => {
    const spoiled = spoil(space, index);
    const found = complaint(() => {
      expandSpace(validateSpace(spoiled, 'space.json'), { inputShape: [28, 28, 1], classes: 10 }, registry, locateIn('space.json'));
      taken++;
    });
    return found === undefined ? [] : [`case ${index}: ${found}`];
  }).flat();
  expect(complaints).toEqual([]);
  // Neither all nor none: the cases reach behind the schema.
  expect(taken).toBeGreaterThan(cases / 20);
  expect(taken).toBeLessThan(cases / 2);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
