// Profiles as files: JSON by schemas/profile.schema.json.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseJson, validateOptions } from '@nasc/config';
import { sha256 } from '@nasc/core';
import type { Profile } from '@nasc/core';
import { DiagnosticError, readFailure, throwIfErrors } from '@nasc/diagnostics';
import { writeFileAtomically } from '@nasc/files';
import { profileSchema } from '../generated/profile-schema.ts';
import { messages } from '../messages.ts';
import { profileProblems } from './check-profile.ts';

/**
 * `file` starts from `folder`. Throws PROFILE_NOT_FOUND, PROFILE_UNREADABLE, and whatever is wrong with the content, all at once.
 */
export const readProfile = (file: string, folder: string): Profile => {
  let text: string;
  try {
    text = readFileSync(resolve(folder, file), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new DiagnosticError([messages.notFound(file)], { cause });
    const reason = readFailure(cause);
    throw reason === undefined ? cause : new DiagnosticError([messages.unreadable(file, reason)], { cause });
  }
  const { $schema: _, ...content } = validateOptions(profileSchema, parseJson(text, file), `${file}#`);
  const profile = content as unknown as Profile;
  throwIfErrors(profileProblems(profile, file));
  return profile;
};

/** A network a line: measurements are read by people and compared by `diff`. */
const print = (profile: Profile): string => {
  const lines: string[] = [];
  const kept = JSON.stringify(
    { $schema: 'https://nasc.dev/schemas/profile.schema.json', ...profile },
    (key, value: unknown) => {
      // The protocol has numbers of these names.
      if (typeof value !== 'object' || (key !== 'networks' && key !== 'choices' && key !== 'blocks')) return value;
      if (key === 'blocks') {
        const entries = Object.entries(value as Record<string, unknown>).map(([name, block]) => [
          name,
          lines.push(JSON.stringify(block)) - 1,
        ]);
        return Object.fromEntries(entries.map(([name, line]) => [name, `@line ${line}@`]));
      }
      return (value as readonly unknown[]).map((row) => `@line ${lines.push(JSON.stringify(row)) - 1}@`);
    },
    2,
  );
  return `${kept.replaceAll(/"@line (\d+)@"/g, (_, line: string) => lines[Number(line)]!)}\n`;
};

/** Whole, or not at all. Errors: DISK_FULL, WRITE_FAILED. */
export const writeProfile = (file: string, profile: Profile): Promise<void> => writeFileAtomically(file, print(profile), 'a profile');

/** What an artifact's key depends on: contents, whatever the files are called. */
export const profilesKey = (files: readonly string[], folder: string): unknown =>
  files.map((file) => {
    try {
      return sha256(readFileSync(resolve(folder, file)));
    } catch {
      return file; // Told with its place when it is read.
    }
  });
