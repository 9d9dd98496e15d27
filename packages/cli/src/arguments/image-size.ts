// Image size and number of classes on the command line, for spaces that are looked at without a data set.
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from '../messages.ts';
import type { Arguments } from './command.ts';

/** Where a space is looked at without a data set. */
export interface ImageSize {
  readonly inputShape?: readonly [number, number, number];
  readonly classes?: number;
}

export const readSize = (parsed: Arguments): ImageSize => {
  const input = parsed.value('input');
  const classes = parsed.value('classes');
  const match = input === undefined ? [] : /^([1-9]\d*)x([1-9]\d*)x([1-9]\d*)$/.exec(input);
  const wrong = [
    ...(match ? [] : [messages.notASize(input!)]),
    ...(classes === undefined || /^[1-9]\d*$/.test(classes) ? [] : [messages.notAClassCount(classes)]),
  ];
  if (wrong.length > 0) throw new DiagnosticError(wrong);
  const [, height, width, channels] = (match ?? []).map(Number);
  return {
    ...(height !== undefined && { inputShape: [height, width!, channels!] }),
    ...(classes !== undefined && { classes: Number(classes) }),
  };
};
