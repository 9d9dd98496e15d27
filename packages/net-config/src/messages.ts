// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const shown = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value));

export const messages = {
  malformed: (key: string, expected: string, value: unknown, at: string): Diagnostic =>
    errorDiagnostic('NET_CONFIG_MALFORMED', `"${key}" has to be ${expected}, and is ${shown(value)}.`, {
      at,
      hint: 'docs/published-networks.md describes the format.',
    }),

  unsupported: (key: string, value: unknown, supported: unknown, at: string): Diagnostic =>
    errorDiagnostic(
      'NET_CONFIG_UNSUPPORTED',
      supported === undefined
        ? `"${key}" is ${shown(value)}: what that means is not known here.`
        : `"${key}" is ${shown(value)}: of this format only networks with ${shown(supported)} are read.`,
      { at, hint: 'Write the network as a search space of one candidate a block: schemas/space.schema.json.' },
    ),

  channels: (key: string, value: number, reaching: number, at: string): Diagnostic =>
    errorDiagnostic('NET_CONFIG_CHANNELS', `"${key}" is ${value}, but ${reaching} channels reach this layer.`, {
      at,
      hint: 'Each layer takes what the one before it gives.',
    }),

  shortcutMissing: (at: string): Diagnostic =>
    errorDiagnostic('NET_CONFIG_SHORTCUT', 'This block keeps size and channels, and has no shortcut.', {
      at,
      hint: 'Only the first block may: every other one that keeps both gets a shortcut here.',
    }),

  shortcutImpossible: (at: string): Diagnostic =>
    errorDiagnostic('NET_CONFIG_SHORTCUT', 'This block has a shortcut, and changes size or channels.', {
      at,
      hint: 'Set "shortcut" to null, or "stride" to 1 and "out_channels" to "in_channels".',
    }),
} as const;
