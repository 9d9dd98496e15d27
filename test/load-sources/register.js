// Preloaded by vitest (vitest.config.ts): vitest itself runs the sources of this workspace, but a worker thread that they start is
// plain Node, which cannot load TypeScript before version 22.
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) register('./hooks.js', import.meta.url);
