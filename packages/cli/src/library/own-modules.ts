// The modules of this package that configs and plugins import. Wherever these lie, and whatever is installed beside them,
// they get the ones that are running: there is never a second copy, whose errors and types would be others.
import { fileURLToPath } from 'node:url';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const pathOf = (name: string): string => fileURLToPath(new URL(`../${name}${extension}`, import.meta.url));

/** Module name -> file, for `importModule`. */
export const ownModules: Readonly<Record<string, string>> = { nasc: pathOf('index'), 'nasc/plugin': pathOf('plugin') };
