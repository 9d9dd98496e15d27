// The threads that decode and transform images, and the images that they keep: shared by a run.
import { Worker } from 'node:worker_threads';
import { createCacheBudget } from '../cache/cache-budget.ts';
import type { CacheOptions, ImageCaches } from '../cache/cache-budget.ts';
import type { ImageReader } from '../image-reader.ts';
import type { ImageSource } from '../image-source.ts';
import type { Preparation } from '../prepare-image.ts';
import { createJobRunner } from './jobs.ts';
import type { Job } from './jobs.ts';
import { errorOf } from './protocol.ts';
import type { Failure, Reply, Request } from './protocol.ts';
import { createControl, failuresOf } from './take-items.ts';
import type { Control } from './take-items.ts';

export interface DataWorkers {
  /** Threads; 0 when the one that asks does the work. */
  readonly count: number;
  /** The reader of a source, the same whenever it is asked for, with its share of the cache. Errors: WRITE_FAILED, DISK_FULL. */
  reader(source: ImageSource, preparation: Preparation | undefined): ImageReader;
  /** Runs all items of a job. Jobs are begun in order, and the next one is begun when a thread has nothing left to take of this one. */
  run(job: Job, items: number): Promise<void>;
  /** Ends the threads; jobs that are not finished are rejected. */
  dispose(): Promise<void>;
}

interface Pending {
  readonly control: Control;
  readonly failures: { readonly position: number; readonly failure: Failure }[];
  finished: boolean;
  resolve(): void;
  reject(reason: unknown): void;
}

// The built package runs the built worker; its sources, where something loads TypeScript, the source.
const entry = new URL(import.meta.url.endsWith('.ts') ? './data-worker.ts' : './data-worker.js', import.meta.url);

let nextReader = 0;

type Allocate = (source: ImageSource, preparation: Preparation | undefined) => ImageCaches;

const createReaders = (allocate: Allocate): DataWorkers['reader'] => {
  const readers = new WeakMap<ImageSource, Map<string, ImageReader>>();
  return (source, preparation) => {
    const ofSource = readers.get(source) ?? new Map<string, ImageReader>();
    readers.set(source, ofSource);
    const key = JSON.stringify(preparation ?? null);
    const reader = ofSource.get(key) ?? { id: nextReader++, source, preparation, ...allocate(source, preparation) };
    ofSource.set(key, reader);
    return reader;
  };
};

/** Threads are started with the first job. They keep a process alive only while they work. */
class WorkerThreads implements DataWorkers {
  readonly count: number;
  readonly reader: DataWorkers['reader'];
  #threads: readonly Worker[] | undefined;
  #ended: Error | undefined;
  #nextId = 0;
  readonly #pending = new Map<number, Pending>();

  constructor(count: number, allocate: Allocate) {
    this.count = count;
    this.reader = createReaders(allocate);
  }

  run(job: Job, items: number): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (items === 0) return Promise.resolve();
    const threads = (this.#threads ??= Array.from({ length: this.count }, () => this.#start()));
    const id = this.#nextId++;
    const control = createControl();
    const request: Request = { id, job, count: items, control };
    return new Promise((resolve, reject) => {
      if (this.#pending.size === 0) for (const thread of threads) thread.ref();
      this.#pending.set(id, { control, failures: [], finished: false, resolve, reject });
      for (const thread of threads) thread.postMessage(request);
    });
  }

  async dispose(): Promise<void> {
    this.#end(new Error('The data workers have ended.'));
    await Promise.all((this.#threads ?? []).map((thread) => thread.terminate()));
  }

  #start(): Worker {
    const thread = new Worker(entry, { name: 'data' });
    thread.unref();
    thread.on('message', (reply: Reply) => this.#receive(reply));
    thread.on('error', (error) => this.#end(error as Error));
    thread.on('exit', (code) => this.#end(new Error(`A data worker ended with code ${code}.`)));
    return thread;
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if (reply.kind === 'failed') pending.failures.push(reply);
    else pending.finished = true;
    // Replies of different threads may overtake each other.
    if (!pending.finished || pending.failures.length < failuresOf(pending.control)) return;
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) for (const thread of this.#threads ?? []) thread.unref();
    const [first] = pending.failures.toSorted((a, b) => a.position - b.position);
    // Items are taken in order, so the failure with the lowest position is the same for any number of threads.
    if (first) pending.reject(errorOf(first.failure));
    else pending.resolve();
  }

  /** The first reason counts. */
  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}

/** The thread that asks does the work, one item after another. */
const createInThread = (allocate: Allocate): DataWorkers => {
  const itemsOf = createJobRunner();
  return {
    count: 0,
    reader: createReaders(allocate),
    async run(job, items) {
      const runItem = await itemsOf(job);
      for (let position = 0; position < items; position++) {
        const running = runItem(position);
        if (running) await running;
      }
    },
    dispose: () => Promise.resolve(),
  };
};

export interface DataWorkersOptions {
  readonly count: number;
  /** Decoded images that are kept; none when absent. */
  readonly cache?: CacheOptions;
}

export const createDataWorkers = ({ count, cache }: DataWorkersOptions): DataWorkers => {
  const allocate: Allocate = cache ? createCacheBudget(cache) : () => ({});
  return count === 0 ? createInThread(allocate) : new WorkerThreads(count, allocate);
};

/** Neither threads nor a cache. */
export const inThread: DataWorkers = createDataWorkers({ count: 0 });
