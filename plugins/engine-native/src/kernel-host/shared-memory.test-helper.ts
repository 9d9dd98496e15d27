// Memory that another process can map: on Linux, under a name in /proc.
import { closeSync, ftruncateSync } from 'node:fs';
import koffi from 'koffi';

const system = koffi.load(null);
const createFile = system.func('int memfd_create(const char *name, unsigned int flags)') as (name: string, flags: number) => number;
const mapFile = system.func('void *mmap(void *at, size_t bytes, int protection, int flags, int file, int64_t offset)') as (
  at: null,
  bytes: number,
  protection: number,
  flags: number,
  file: number,
  offset: number,
) => bigint;
const unmap = system.func('int munmap(void *memory, size_t bytes)') as (memory: bigint, bytes: number) => number;

const readAndWrite = 3;
const shared = 1;
const failed = 2n ** 64n - 1n;

export interface SharedMemory {
  readonly address: bigint;
  /** What another process opens. */
  readonly path: string;
  release(): void;
}

/** Undefined if the address space is not there. */
export const createSharedMemory = (bytes: number): SharedMemory | undefined => {
  const file = createFile('nasc', 0);
  ftruncateSync(file, bytes);
  const address = mapFile(null, bytes, readAndWrite, shared, file, 0);
  if (address === failed) {
    closeSync(file);
    return undefined;
  }
  return {
    address,
    path: `/proc/${process.pid}/fd/${file}`,
    release() {
      unmap(address, bytes);
      closeSync(file);
    },
  };
};
