// Who made a file.
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };

/** Name and version of the program, and the reversed domain that its models are named in. */
export const producer = { name: 'nasc', version: manifest.version, domain: 'dev.nasc' } as const;
