// What the target is told: the command, how to read what it prints, and which device it runs on.
import { opsets } from '@nasc/onnx';
import { units } from './read-times.ts';
import type { Unit } from './read-times.ts';

/** As a config has them, with defaults filled in. */
export interface ExecOptions {
  readonly command: string | readonly string[];
  readonly pattern?: string;
  readonly unit: Unit;
  readonly device?: string;
  readonly repeats: number;
  readonly opset: number;
  readonly timeoutSeconds: number;
  readonly env: Readonly<Record<string, string>>;
}

export const optionsSchema = {
  type: 'object',
  properties: {
    command: {
      description:
        'A program and its arguments as a list, or as one text that is split at blanks. `{model}` stands for the path of the ONNX file, which comes last where it is not named. Runs in the folder of the config, without a shell.',
      anyOf: [
        { type: 'string', pattern: '\\S' },
        { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
      ],
    },
    pattern: {
      type: 'string',
      minLength: 1,
      description:
        'Regular expression whose first group is the latency of one image, in `unit`; several matches are several samples. When absent, each line that is a number and nothing else is a sample; a unit may stand behind the number.',
    },
    unit: { enum: Object.keys(units), default: 'ms', description: 'Unit of the numbers.' },
    device: {
      type: 'string',
      minLength: 1,
      description: 'Name of the device that the command runs on; this machine when absent.',
    },
    repeats: {
      type: 'integer',
      minimum: 1,
      default: 3,
      description: 'How often the command is called for a network. The median of all samples of all calls is its latency.',
    },
    opset: {
      type: 'integer',
      minimum: opsets.oldest,
      maximum: opsets.newest,
      default: opsets.usual,
      description: 'ONNX operator set of the files that the command gets.',
    },
    timeoutSeconds: {
      type: 'number',
      exclusiveMinimum: 0,
      default: 600,
      description: 'How long one call may take.',
    },
    env: {
      type: 'object',
      additionalProperties: { type: 'string' },
      default: {},
      description: 'Environment variables of the command, beside those of nasc.',
    },
  },
  required: ['command'],
  additionalProperties: false,
} as const;
