// Entry of a worker thread: works on the jobs that are posted to it, one after another.
import { parentPort } from 'node:worker_threads';
import { createJobRunner } from './jobs.ts';
import type { RunItem } from './jobs.ts';
import { failureOf } from './protocol.ts';
import type { JobRequest, Reply, Request } from './protocol.ts';
import { takeItems } from './take-items.ts';

const port = parentPort;
if (!port) throw new Error('This module is the entry of a worker thread.');

const reply = (message: Reply): void => port.postMessage(message);
const runner = createJobRunner();

const work = async ({ id, job, count, control }: JobRequest): Promise<void> => {
  let items: RunItem | undefined;
  const last = await takeItems(control, {
    count,
    run: (position) => {
      if (items) return items(position);
      return runner.itemsOf(job).then((opened) => (items = opened)(position));
    },
    onFailure: (position, error) => reply({ kind: 'failed', id, position, failure: failureOf(error) }),
  });
  if (last) reply({ kind: 'finished', id });
};

let before = Promise.resolve();
port.on('message', (request: Request) => {
  if (request.kind === 'reader') runner.addReader(request.reader);
  else before = before.then(() => work(request));
});
