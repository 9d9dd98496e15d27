// Files that nasc wrote and something else damaged, and names of such files.
import { readFile, readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runCli } from '../../packages/cli/src/io.test-helper.ts';
import { config, inFolder, refused, smallSpace } from './bad-input.ts';

const { at, write, nasc } = inFolder();
const ownConfig = { ...config, space: smallSpace };

test('nothing of that name: what there is', async () => {
  const nothing = 'error INSPECT_NOTHING_FOUND: "beef" is no search space, file or stored artifact.';
  expect(await nasc('inspect beef')).toEqual(
    refused(
      `${nothing}\n  hint: Search spaces: mobile-small, mobile-se, proxyless-imagenet, proxyless-gpu, proxyless-cpu, proxyless-mobile, proxyless-mobile14, pyramid-cifar10, proxyless-cifar10. Stored artifacts: none.`,
    ),
  );
  await write('.nasc/artifacts/onnx/0123456789abcdef0123456789abcdef/artifact.json', {});
  await write('.nasc/artifacts/derived/0123beef00000000000000000000beef/artifact.json', {});
  expect(await nasc('inspect beef')).toEqual(
    refused(
      `${nothing}\n  hint: Search spaces: mobile-small, mobile-se, proxyless-imagenet, proxyless-gpu, proxyless-cpu, proxyless-mobile, proxyless-mobile14, pyramid-cifar10, proxyless-cifar10. Stored artifacts: derived 0123beef00000000000000000000beef, onnx 0123456789abcdef0123456789abcdef.`,
    ),
  );
  expect(await nasc('inspect 0123456789abcdef0123456789abcdee')).toEqual(
    refused(`${nothing.replace('beef', '0123456789abcdef0123456789abcdee')}\n  hint: Did you mean "0123456789abcdef0123456789abcdef"?`),
  );
  expect(await nasc('inspect 0123')).toEqual(
    refused(
      'error INSPECT_AMBIGUOUS: Several stored artifacts begin with "0123": derived 0123beef00000000000000000000beef, onnx 0123456789abcdef0123456789abcdef.\n' +
        '  hint: Give more of the hash.',
    ),
  );
  expect(await nasc('inspect')).toEqual(
    refused(`error CLI_MISSING_ARGUMENT: \`nasc inspect\` needs to know what: there is no config here.
  hint: Name a search space (mobile-small, mobile-se, proxyless-imagenet, proxyless-gpu, proxyless-cpu, proxyless-mobile, proxyless-mobile14, pyramid-cifar10, proxyless-cifar10), a file, or a stored artifact.`),
  );
});

test('files that are none of what can be shown', async () => {
  await write('notes.json', { notes: [] });
  expect(await nasc('inspect notes.json')).toEqual(
    refused(
      'error INSPECT_UNKNOWN_FORMAT: "notes.json" is neither a search space nor a network nor a config.\n  hint: A search space has `stages`, a network has `nodes`, a net.config has `first_conv`, a config has `task`.',
    ),
  );
  await write('graph.json', { nodes: [{ id: 3 }] });
  const { code, text } = await nasc('inspect graph.json');
  expect(code).toBe(1);
  expect(text).toMatch(/^error IR_JSON_INVALID: Not a graph: .*\.\n {2}at graph\.json.*\n/);
});

test('a stored artifact that was damaged: told by inspect, made again by a run', async () => {
  await write('nasc.config.json', ownConfig);
  expect((await nasc('run --to expand')).code).toBe(0);
  const [hash = ''] = await readdir(at('.nasc/artifacts/searchSpace'));
  const folder = `.nasc/artifacts/searchSpace/${hash}`;
  const file = 'artifact.json';
  const whole = await readFile(at(folder, file), 'utf8');
  await write(`${folder}/${file}`, whole.replace('float32', 'float64'));
  expect(await nasc(`inspect ${hash}`)).toEqual(
    refused(`error INSPECT_ARTIFACT_DAMAGED: This artifact does not have the content that its name promises.
  at FOLDER/${folder}
  hint: Artifacts lie in .nasc/artifacts/KIND/HASH; \`nasc run\` makes a damaged one again.`),
  );
  const again = await nasc('run --to expand');
  expect(again.code).toBe(0);
  expect(again.text.replace(/[\d.]+ s\n$/, 'TIME\n')).toBe(
    `warning ARTIFACT_DAMAGED: A stored artifact does not have the content that its name promises; it is made again.
  at FOLDER/${folder}
expand: TIME
`,
  );
  expect(await readFile(at(folder, file), 'utf8')).toBe(whole);
});

test('a report that is none', async () => {
  const hint = 'Another program or another version of nasc wrote it, or it was damaged; `nasc run` writes it again.';
  await write('out/report.json', '{ "format": 1,');
  expect(await nasc('report out')).toEqual(
    refused(
      `error REPORT_DAMAGED: "out/report.json" is no report that can be shown: A key in double quotes is expected here, and the file ends.\n  hint: ${hint}`,
    ),
  );
  await write('nasc.config.json', config);
  expect(await nasc('report nasc.config.json')).toEqual(
    refused(`error REPORT_DAMAGED: "nasc.config.json" is no report that can be shown: "format" is missing. (and 10 more)\n  hint: ${hint}`),
  );
  expect(await nasc('report nowhere')).toEqual(
    refused(
      'error REPORT_NOT_FOUND: There is no report "nowhere/report.json".\n  hint: A run that goes through all stages writes one into its output folder: `nasc run`.',
    ),
  );
});

test('a data set of which only a part is there: nasc doctor goes on, and says so', async () => {
  await write('sets/cifar10/data_batch_1.bin', '');
  // Nothing can be written here, so that no speed is measured.
  await write('.nasc', '');
  const { stdout } = await runCli(['doctor', '--json', '--data-dir', 'sets'], { folder: at() });
  const { findings } = JSON.parse(stdout) as { findings: readonly { readonly name: string }[] };
  expect(findings.find(({ name }) => name === 'data set cifar10')).toEqual({
    name: 'data set cifar10',
    ok: false,
    needed: false,
    detail: `CIFAR-10 is not whole in ${at('sets/cifar10')}: data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin, test_batch.bin missing.`,
    hint: 'The binary version of CIFAR-10 has data_batch_1.bin to data_batch_5.bin and test_batch.bin: fetch it again, or remove this one from the search path.',
  });
  expect(findings.find(({ name }) => name === 'speed of native')).toMatchObject({ ok: false, needed: false });
});
