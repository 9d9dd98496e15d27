import { describe, expect, test } from 'vitest';
import { config, inFolder, refused } from './bad-input.ts';

const { write, nasc } = inFolder();

describe('--set', () => {
  const set = async (...texts: readonly string[]) => {
    await write('nasc.config.json', config);
    return nasc(['run', '--to', 'expand', ...texts.flatMap((text) => ['--set', text])]);
  };
  const malformed = (text: string): string =>
    `error CONFIG_OVERRIDE_MALFORMED: "${text}" sets nothing.\n  at --set ${text}\n  hint: Write --set key.path=value, for example --set train.epochs=3.`;

  test.each(['train', '=3', 'train.=3', 'train..epochs=3'])('%s is no key and value', async (text) => {
    expect(await set(text)).toEqual(refused(malformed(text)));
  });

  test('every wrong one is told', async () => {
    expect(await set('train', 'seed=1', 'seed.high=1', 'targets.9=cpu', 'targets.first=cpu')).toEqual(
      refused(`${malformed('train')}
error CONFIG_OVERRIDE_BLOCKED: "seed" is 1: it has no keys to set.
  at --set seed.high=1
  hint: Set "seed" itself.
error CONFIG_OVERRIDE_BLOCKED: "targets" is a list of 1: "9" is no place in it.
  at --set targets.9=cpu
  hint: Places are counted from 0; targets.1 appends.
error CONFIG_OVERRIDE_BLOCKED: "targets" is a list of 1: "first" is no place in it.
  at --set targets.first=cpu
  hint: Places are counted from 0; targets.1 appends.`),
    );
  });

  test.each<[string, string]>([
    ['task=3', 'error CONFIG_WRONG_VALUE: "task" has to be an object with "dataset", and is 3.\n  at --set task=3'],
    ['trian.epochs=3', 'error CONFIG_UNKNOWN_KEY: Unknown key "trian".\n  at --set trian.epochs=3\n  hint: Did you mean "train"?'],
    [
      'task.dataset.resolution=9999',
      'error CONFIG_WRONG_VALUE: "resolution" has to be a whole number of at least 1 and at most 1024, and is 9999.\n  at --set task.dataset.resolution=9999',
    ],
    ['train={"epochs":', 'error CONFIG_WRONG_VALUE: "train" has to be an object, and is "{\\"epochs\\":".\n  at --set train={"epochs":'],
    [
      'space=mobile-smal',
      'error UNKNOWN_NAME: There is no search space "mobile-smal".\n  at --set space=mobile-smal\n  hint: Did you mean "mobile-small"?',
    ],
  ])('%s', async (text, message) => {
    expect(await set(text)).toEqual(refused(message));
  });

  test.each(['__proto__.polluted=1', 'constructor.prototype.polluted=1'])('%s reaches nothing but the config', async (text) => {
    const { code, text: message } = await set(text);
    expect(code).toBe(1);
    expect(message).toMatch(
      /^error CONFIG_UNKNOWN_KEY: Unknown key "(?:__proto__|constructor)"\.\n {2}at --set .*\n {2}hint: Known keys: extends, task, .*\.\n$/,
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('options and arguments', () => {
  test.each<[string, string]>([
    [
      'run --to expand --threads 1.5',
      'error CLI_NOT_A_NUMBER: "1.5" is no number of threads.\n  at --threads 1.5\n  hint: Write a whole number of at least 1.',
    ],
    ['run --to expand --threads -2', 'error CLI_OPTION_NEEDS_VALUE: "--threads" needs a value.\n  hint: Write --threads N.'],
    [
      'run --to expand --threads 2000',
      'error CONFIG_WRONG_VALUE: "threads" has to be a whole number of at least 1 and at most 1024, and is 2000.\n  at --threads 2000',
    ],
    [
      'run --to expand --engine nativ',
      'error UNKNOWN_NAME: There is no training engine "nativ".\n  at --engine nativ\n  hint: Did you mean "native"?',
    ],
    [
      'run --to expand --data-dir sets',
      `error CLI_NO_DATA_FOLDER: There is no folder "sets".
  at --data-dir sets
  hint: Data sets are looked for in it before $NASC_DATA, ./data and the user's cache; a relative path starts from the current folder.`,
    ],
    ['help rnu', 'error CLI_UNKNOWN_COMMAND: There is no command "rnu".\n  hint: Did you mean "run"?'],
    [
      'inspect --classes 0 mobile-small',
      'error CLI_NOT_A_NUMBER: "0" is no number of classes.\n  at --classes 0\n  hint: Write a whole number of at least 1.',
    ],
    [
      'run --to expand --print-after expandBlock',
      'error CLI_UNKNOWN_CHOICE: There is no pass "expandBlock".\n  at --print-after expandBlock\n  hint: Did you mean "expandBlocks"?',
    ],
  ])('%s', async (line, message) => {
    await write('nasc.config.json', config);
    expect(await nasc(line)).toEqual(refused(message));
  });
});
