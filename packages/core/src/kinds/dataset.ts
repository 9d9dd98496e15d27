// Plugin kind `dataset`: finds and reads one data set, or one format of data sets.
import type { DataWorkers, Dataset } from '@nasc/data';

export interface DatasetContext {
  /** Folders to look in, in order: `--data-dir`, `$NASC_DATA`, `./data`, the system's, the user's cache. */
  readonly searchPath: readonly string[];
  /** Folder for what would otherwise be found out again in every run. */
  readonly cacheFolder: string;
  /** The run's threads for images. */
  readonly workers: DataWorkers;
  readonly signal: AbortSignal;
  progress(done: number, total: number, unit: string, message?: string): void;
}

export interface DatasetDefinition {
  readonly name: string;
  readonly description: string;
  readonly optionsSchema: Readonly<Record<string, unknown>>;
  /** Where it is on this machine, found without downloading; undefined when it is not there. Shown by `nasc doctor`. */
  find?(searchPath: readonly string[]): Promise<string | undefined>;
  load(options: Readonly<Record<string, unknown>>, context: DatasetContext): Promise<Dataset>;
}
