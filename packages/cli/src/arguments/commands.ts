// The commands.
import type { Command, Option } from './command.ts';

const json: Option = { doc: 'Print the result as JSON.' };
const help: Option = { doc: 'Show this help.', short: 'h' };

export const commands: readonly Command[] = [
  {
    name: 'init',
    doc: 'Write a config to start from.',
    positionals: '[folder]',
    maximumPositionals: 1,
    options: { ts: { doc: 'Write nasc.config.ts, with comments, instead of nasc.config.json.' }, json, help },
    load: async () => (await import('../commands/init.ts')).init,
  },
  {
    name: 'run',
    doc: 'Search, train, export, generate code, verify, measure.',
    positionals: '[config]',
    maximumPositionals: 1,
    options: {
      to: { value: 'STAGE', doc: 'Stop after this stage: expand, train, annotate, derive, export or codegen.' },
      from: { value: 'STAGE', doc: 'Do this stage and the following ones anew; what comes before has to be stored.' },
      'data-dir': { value: 'DIR', doc: 'Look for data sets here first.' },
      engine: { value: 'NAME', doc: 'Training engine.' },
      threads: { value: 'N', doc: 'Compute threads; all cores when absent. Never changes a result.' },
      set: { value: 'KEY=VALUE', multiple: true, doc: 'Set a key of the config: --set train.epochs=3.' },
      wait: { doc: 'Wait for another run in the same cacheDir to end.' },
      'print-after': { value: 'PASS', multiple: true, doc: 'Print what a pass returns (to standard error).' },
      json,
      help,
    },
    load: async () => (await import('../commands/run.ts')).run,
  },
  {
    name: 'estimate',
    doc: 'Show what a run would take on this machine: time and memory of every part, from a short measurement.',
    positionals: '[config]',
    maximumPositionals: 1,
    options: {
      seconds: { value: 'N', doc: 'How long each part may work; 5 when absent.' },
      price: { value: 'P', doc: 'Price of an hour of this machine, in any currency.' },
      'data-dir': { value: 'DIR', doc: 'Look for data sets here first.' },
      engine: { value: 'NAME', doc: 'Training engine.' },
      threads: { value: 'N', doc: 'Compute threads; all cores when absent.' },
      set: { value: 'KEY=VALUE', multiple: true, doc: 'Set a key of the config: --set train.epochs=3.' },
      json,
      help,
    },
    load: async () => (await import('../commands/estimate.ts')).estimate,
  },
  {
    name: 'inspect',
    doc: 'Show a search space, a network, an exported ONNX model or a stored artifact: layers, shapes, parameters, MACs, size.',
    positionals: '[space | file | artifact]',
    maximumPositionals: 1,
    options: {
      passes: { doc: 'Show stages and passes in their order instead.' },
      candidates: { doc: 'Show the layers of each candidate too.' },
      input: { value: 'HxWxC', doc: 'Image size for a space that is looked at without a data set.' },
      classes: { value: 'N', doc: 'Number of classes, likewise.' },
      target: {
        value: 'TARGET',
        doc: 'Show latencies too, on a target that knows them without measuring: a name, or {"name": "table", "file": "..."}.',
      },
      config: { value: 'FILE', doc: 'The config whose plugins, space and store are used.' },
      json,
      help,
    },
    load: async () => (await import('../commands/inspect/inspect.ts')).inspect,
  },
  {
    name: 'report',
    doc: 'Show the report of an earlier run.',
    positionals: '[folder]',
    maximumPositionals: 1,
    options: { json, help },
    load: async () => (await import('../commands/report.ts')).report,
  },
  {
    name: 'setup',
    doc: 'Make a training engine usable on this machine.',
    positionals: 'ENGINE',
    maximumPositionals: 1,
    options: { json, help },
    load: async () => (await import('../commands/setup.ts')).setup,
  },
  {
    name: 'doctor',
    doc: 'Show what this machine offers and what is missing: compiler, vectors, threads, engines, GPU, data sets.',
    positionals: '',
    maximumPositionals: 0,
    options: { 'data-dir': { value: 'DIR', doc: 'Look for data sets here first.' }, json, help },
    load: async () => (await import('../commands/doctor/doctor.ts')).doctor,
  },
];
