// Entry of a worker thread: works on the jobs that are posted to it, one after another.
import { parentPort } from 'node:worker_threads';
import { createJobRunner } from './jobs.ts';
import { failureOf } from './protocol.ts';
import type { Reply, Request } from './protocol.ts';
import { takeItems } from './take-items.ts';

const port = parentPort;
if (!port) throw new Error('This module is the entry of a worker thread.');

const reply = (message: Reply): void => port.postMessage(message);
const itemsOf = createJobRunner();

const work = async ({ id, job, count, control }: Request): Promise<void> => {
  const items = itemsOf(job);
  const last = await takeItems(control, {
    count,
    run: async (position) => (await items)(position),
    onFailure: (position, error) => reply({ kind: 'failed', id, position, failure: failureOf(error) }),
  });
  if (last) reply({ kind: 'finished', id });
};

let before = Promise.resolve();
port.on('message', (request: Request) => {
  before = before.then(() => work(request));
});
