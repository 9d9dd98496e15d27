// Everything that this plugin tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export interface Gaps {
  readonly keys: readonly string[];
  readonly withoutKey: readonly { readonly name: string; readonly macro: string }[];
  /** Of a network: what the table has of it. */
  readonly there?: { readonly blocks: number; readonly ms: number };
}

/** Blocks without a key that are named: a file of another tool has hundreds. Keys are all named, for they are what is to be added. */
const shownBlocks = 10;

const listBlocks = (blocks: Gaps['withoutKey']): string => {
  const more = blocks.length - shownBlocks;
  const names = blocks.slice(0, shownBlocks).map(({ name, macro }) => `${name} (${macro})`);
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const listKeys = (keys: readonly string[]): string => `${keys.length === 1 ? '' : `${keys.length} keys: `}${keys.join(', ')}`;

export const messages = {
  incomplete: (target: string, { keys, withoutKey, there }: Gaps): Diagnostic => {
    const parts = [
      ...(keys.length > 0 ? [`The table of target "${target}" does not have ${listKeys(keys)}.`] : []),
      ...(withoutKey.length > 0 ? [`No key of target "${target}" describes ${listBlocks(withoutKey)}.`] : []),
      ...(there && there.blocks > 0 ? [`The other ${there.blocks} blocks come to ${there.ms.toFixed(3)} ms.`] : []),
    ];
    return errorDiagnostic('TABLE_INCOMPLETE', parts.join(' '), {
      hint:
        target === 'pixel1'
          ? 'It has the blocks of the space "proxyless-imagenet" as that is, and nothing is made up. Measure what is missing on the device and give it as a file: { "name": "table", "file": "FILE.json" }, with "extends": "pixel1" in the file.'
          : 'Nothing is made up: measure what is missing on the device and add it to the file, or use blocks that the table has.',
    });
  },

  fileUnreadable: (file: string, reason: string): Diagnostic =>
    errorDiagnostic('TABLE_FILE_UNREADABLE', `The table "${file}" cannot be read: ${reason}.`, {
      hint: "Correct the target's option file; a relative path starts from the folder of the config.",
    }),
} as const;
