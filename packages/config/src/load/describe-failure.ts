// What code of the user's threw, in one line: a stack is for bugs of ours.
import { relative } from 'node:path';

/** Files and lines, as syntax errors and stacks write them; not those of the loader. Columns would be of translated code. */
const placesIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?:^|[\s(]|file:\/\/)(\/[^\s()]+:\d+):\d+/gm)].map(([, place]) => place!).filter((place) => !place.includes('/jiti/'));

/** The first line of the message, and where it was thrown, seen from `folder` where that is given. */
export const describeFailure = (cause: unknown, folder?: string): string => {
  if (!(cause instanceof Error)) return String(cause);
  const [first = cause.name] = cause.message.split('\n');
  const reason = first.trim();
  const [place] = placesIn(`${cause.message}\n${cause.stack ?? ''}`);
  if (!place) return reason;
  return `${reason} (${folder === undefined ? place : relative(folder, place)})`;
};
