import type { ProfiledSpace } from '@nasc/core';
import { caught } from '../../../diagnostics/src/caught.test-helper.ts';
import { describe, expect, test } from 'vitest';
import { importedProfile, readMeasurements } from '../index.ts';

const space: ProfiledSpace = {
  name: 'tiny',
  choices: [
    { id: 'a.choice', candidates: [{ name: 'k3e3' }, { name: 'k5-e3' }] },
    { id: 'b.choice', candidates: [{ name: 'k3e3' }, { name: 'k7e6' }, { name: 'zero' }] },
  ],
  fixed: [],
  networks: [],
};
const read = (text: string, file = 'lab.csv', given: ProfiledSpace | undefined = space) =>
  readMeasurements(text, file, { space: given, needsLatency: true });
const choicesOf = (text: string, file?: string) => read(text, file).rows.map(({ choices }) => choices);

describe('formats', () => {
  test.each([
    ['spaces', 'choices,ms\n1 2,3\n'],
    ['commas', 'choices,ms\n"1,2",3\n'],
    ['dashes', 'choices,ms\n1-2,3\n'],
    ['a list', 'choices,ms\n"[1, 2]",3\n'],
    ['names', 'choices,ms\nk5-e3 zero,3\n'],
    ['columns by id', 'a.choice,b.choice,ms\n1,2,3\n'],
    ['columns by block, in another order, by name', 'ms,b,a\n3,zero,k5-e3\n'],
    ['columns by number', '\uFEFFchoice0, c1, MS\r\n1, 2, 3\r\n\r\n'],
  ])('CSV: %s', (_name, text) => {
    expect(read(text)).toEqual({ space, rows: [{ at: 'lab.csv:2', choices: [1, 2], ms: 3 }], notices: [] });
  });

  test('JSON and JSON lines', () => {
    const rows = [
      { choices: [1, 2], ms: 3, samples: 50 },
      { choices: ['k3e3', 'zero'], ms: 4, samples: 60 },
    ];
    expect(read(JSON.stringify(rows), 'lab.json').rows).toEqual([
      { at: 'lab.json#/0', choices: [1, 2], ms: 3, samples: 50 },
      { at: 'lab.json#/1', choices: [0, 2], ms: 4, samples: 60 },
    ]);
    const lines = read(`${rows.map((row) => JSON.stringify(row)).join('\n\n')}\n`, 'lab.jsonl').rows;
    expect(lines.map(({ at }) => at)).toEqual(['lab.jsonl:1', 'lab.jsonl:3']);
  });

  test.each([
    ['ms', 2],
    ['latencyMs', 2],
    ['latency_us', 0.002],
    ['Latency (s)', 2000],
    ['us', 0.002],
  ])('the unit of %s', (column, ms) => {
    expect(read(`choices,${column}\n0 0,2\n`).rows[0]!.ms).toBeCloseTo(ms, 12);
  });

  test('rows of one network stay apart; columns that are not read are named', () => {
    expect(choicesOf('choices,ms\n0 1,2\n0 1,3\n')).toHaveLength(2);
    expect(read('choices,ms,date,note\n0 1,2,x,y\n').notices[0]).toMatchObject({
      code: 'PROFILE_IMPORT_UNUSED',
      message: 'Nothing is read from the columns date, note.',
    });
  });

  test('without a space: numbers of candidates by the largest index, or names', () => {
    const counted = readMeasurements('choices,ms\n0 3,2\n1 0,3\n', 'lab.csv', { needsLatency: true });
    expect(counted.space.choices.map(({ id, candidates }) => [id, candidates.length])).toEqual([
      ['choice0', 2],
      ['choice1', 4],
    ]);
    expect(counted.notices[0]!.message).toBe('The search space is known by what the rows hold alone: 2 choices of 2, 4 candidates.');
    const named = readMeasurements('c0,c1,ms\nwide,x,2\nnarrow,x,3\n', 'lab.csv', { needsLatency: true });
    expect(named.space.choices[0]).toEqual({ id: 'c0', candidates: [{ name: 'narrow' }, { name: 'wide' }] });
    expect(named.rows.map(({ choices }) => choices)).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });

  test('networks by name, each looked up once', () => {
    const asked: string[] = [];
    const findNetwork = (name: string) => {
      asked.push(name);
      return [1, 1];
    };
    const { rows } = readMeasurements('network,ms\nn,2\nn,3\n', 'lab.csv', { space, needsLatency: true, findNetwork });
    expect(rows.map(({ choices }) => choices)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(asked).toEqual(['n']);
  });
});

test('the profile: reference normalised to its median', () => {
  const { rows } = read('choices,ms,reference_ms\n0 0,2,10\n1 1,3,10.1\n0 2,4,9.9\n');
  const profile = importedProfile(space, rows as never, { name: 'Our Phone', source: 'lab.csv' });
  expect(profile.device).toEqual({ id: 'our-phone', description: 'Our Phone' });
  expect(profile.spaces[0]!.reference!.ms).toBe(10);
  expect(profile.spaces[0]!.reference!.noise).toBeCloseTo(0.014826, 9); // 1.4826 · median(0, 0.1, 0.1) / 10
  expect(profile.spaces[0]!.networks[1]).toEqual({ choices: [1, 1], ms: 3, referenceMs: 10.1 });
});

const formats = 'A file is CSV with a header, a JSON array of objects (.json), or one JSON object a line (.jsonl).';

test.each([
  [
    'lab.csv',
    '',
    'error PROFILE_IMPORT_EMPTY: There are no measurements in this file.\n  at lab.csv\n  hint: Write one network a row, under a header: choices,ms.',
  ],
  [
    'lab.csv',
    'choices,ms,ms\n0 0,1,1\n',
    'error PROFILE_IMPORT_COLUMN: Two columns are called "ms".\n  at lab.csv\n  hint: Give each column a name of its own.',
  ],
  [
    'lab.csv',
    'date\n1\n',
    `error PROFILE_IMPORT_COLUMN: No column says which network a row is.
  at lab.csv
  hint: Give a column \`choices\`, one column a choice (its id, or choice0, choice1, ...), or a column \`network\`.
error PROFILE_IMPORT_COLUMN: No column holds the latency.
  at lab.csv
  hint: Call it ms, us or s, or latency_ms, latency_us or latency_s (latencyMs, ... are the same).`,
  ],
  [
    'lab.csv',
    'a,choices,ms,us\n0,0 0,1,1\n',
    `error PROFILE_IMPORT_COLUMN: Several columns hold the latency: ms, us.
  at lab.csv
  hint: Leave one of them.
error PROFILE_IMPORT_COLUMN: There is no column for the choice b.choice.
  at lab.csv
  hint: Where choices have columns of their own, every choice needs one.
error PROFILE_IMPORT_COLUMN: Several columns hold the network: choices, a.
  at lab.csv
  hint: Leave one of them.`,
  ],
  [
    'lab.csv',
    'network,ms\nn,1\n',
    'error PROFILE_IMPORT_SPACE: What the column "network" names can be looked up in a known search space alone.\n  at lab.csv\n  hint: Give --space.',
  ],
  [
    'lab.json',
    '{}',
    `error PROFILE_IMPORT_MALFORMED: This cannot be read as measurements: it has to be an array of objects.\n  at lab.json\n  hint: ${formats}`,
  ],
  [
    'lab.json',
    '[1]',
    `error PROFILE_IMPORT_MALFORMED: This cannot be read as measurements: a measurement has to be an object.\n  at lab.json#/0\n  hint: ${formats}`,
  ],
  [
    'lab.csv',
    'choices,ms,samples\n0 0,fast,0.5\n0 0 0,1,\n,-1,\n0 3,1,2\n0 0,1\n',
    `error PROFILE_IMPORT_MALFORMED: This row has 2 values, and the header 3 columns.
  at lab.csv:6
  hint: Put a value that holds commas in quotes: "1,0,3".
error PROFILE_IMPORT_CHOICES: Column "choices" has to list candidates, and is empty.
  at lab.csv:4
  hint: Write one index or name a choice: "1 0 3", "1,0,3", "1-0-3" or [1, 0, 3].
error PROFILE_IMPORT_CHOICES: This network has 3 candidates, and "tiny" has 2 choices.
  at lab.csv:3
  hint: Write one candidate for each choice.
error PROFILE_IMPORT_CANDIDATE: Column "choices": choice "b.choice" has no candidate "3".
  at lab.csv:5
  hint: Candidates: 0 k3e3, 1 k7e6, 2 zero.
error PROFILE_IMPORT_VALUE: Column "ms" has to be a number above 0, and is "fast".
  at lab.csv:2
  hint: Write digits with a point: 12.75. Leave rows out that were not measured.
error PROFILE_IMPORT_VALUE: Column "samples" has to be a whole number above 0, and is "0.5".
  at lab.csv:2
  hint: Write digits with a point: 12.75. Leave rows out that were not measured.
error PROFILE_IMPORT_VALUE: Column "ms" has to be a number above 0, and is "-1".
  at lab.csv:4
  hint: Write digits with a point: 12.75. Leave rows out that were not measured.`,
  ],
])('messages: %s %j', async (file, text, message) => {
  expect(await caught(() => read(text, file))).toBe(message);
});

test('messages: ten problems are told in words, the others counted', async () => {
  const text = await caught(() => read(`choices,ms\n${'0 0,x\n'.repeat(12)}`));
  expect(text.match(/PROFILE_IMPORT_VALUE/g)).toHaveLength(10);
  expect(text).toContain(
    'error PROFILE_IMPORT_MORE: And 2 more problems like these.\n  at lab.csv\n  hint: Mend those that are shown first.',
  );
});
