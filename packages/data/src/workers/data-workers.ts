// The threads that decode and transform images, and the images that they keep: shared by a run.
import { Worker } from 'node:worker_threads';
import { createCacheBudget } from '../cache/cache-budget.ts';
import type { CacheBudget, CacheOptions } from '../cache/cache-budget.ts';
import type { MemoryCache } from '../cache/memory-cache.ts';
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
  /** Number of the reader of a source, the same whenever it is asked for; it has its share of the cache. Errors: WRITE_FAILED, DISK_FULL. */
  reader(source: ImageSource, preparation: Preparation | undefined): number;
  /** Memory for `count` decoded images, `bytes` in all, out of the limit of the cache; undefined where there is not that much left. */
  memory(count: number, channels: number, bytes: number): MemoryCache | undefined;
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

/** Calls `tell` with each reader that is made. */
const createReaders = ({ readersShare }: CacheBudget, tell: (reader: ImageReader) => void): DataWorkers['reader'] => {
  const numbers = new WeakMap<ImageSource, Map<string, number>>();
  let next = 0;
  return (source, preparation) => {
    const ofSource = numbers.get(source) ?? new Map<string, number>();
    numbers.set(source, ofSource);
    const key = JSON.stringify(preparation ?? null);
    const known = ofSource.get(key);
    if (known !== undefined) return known;
    const id = next++;
    tell({ id, source, preparation, ...readersShare(source, preparation) });
    ofSource.set(key, id);
    return id;
  };
};

/** Threads are started with the first job. They keep a process alive only while they work. */
class WorkerThreads implements DataWorkers {
  readonly count: number;
  readonly reader: DataWorkers['reader'];
  readonly memory: DataWorkers['memory'];
  #threads: readonly Worker[] | undefined;
  #ended: Error | undefined;
  #nextId = 0;
  readonly #pending = new Map<number, Pending>();

  constructor(count: number, budget: CacheBudget) {
    this.count = count;
    this.memory = budget.memory;
    this.reader = createReaders(budget, (reader) => this.#post({ kind: 'reader', reader }));
  }

  run(job: Job, items: number): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (items === 0) return Promise.resolve();
    const id = this.#nextId++;
    const control = createControl();
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { control, failures: [], finished: false, resolve, reject });
      this.#post({ kind: 'job', id, job, count: items, control });
      for (const thread of this.#threads ?? []) thread.ref();
    });
  }

  #post(request: Request): void {
    this.#threads ??= Array.from({ length: this.count }, () => this.#start());
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    for (const thread of this.#threads) thread.postMessage(request);
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
const createInThread = (budget: CacheBudget): DataWorkers => {
  const runner = createJobRunner();
  return {
    count: 0,
    memory: budget.memory,
    reader: createReaders(budget, (reader) => runner.addReader(reader)),
    async run(job, items) {
      const runItem = await runner.itemsOf(job);
      for (let position = 0; position < items; position++) {
        const running = runItem(position);
        if (running) await running;
      }
    },
    dispose: () => Promise.resolve(),
  };
};

const noCache: CacheBudget = { readersShare: () => ({}), memory: () => undefined };

export interface DataWorkersOptions {
  readonly count: number;
  /** Decoded images that are kept; none when absent. */
  readonly cache?: CacheOptions;
}

export const createDataWorkers = ({ count, cache }: DataWorkersOptions): DataWorkers => {
  const budget = cache ? createCacheBudget(cache) : noCache;
  return count === 0 ? createInThread(budget) : new WorkerThreads(count, budget);
};

/** Neither threads nor a cache. */
export const inThread: DataWorkers = createDataWorkers({ count: 0 });
