// One file over HTTP: a short test whether it can be had, and the download, which goes on where it stopped.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';

const connectionTestMs = 5000;

/** True, or in a few words why not. */
export const isReachable = async (url: string, signal: AbortSignal): Promise<true | string> => {
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.any([signal, AbortSignal.timeout(connectionTestMs)]) });
    return response.ok ? true : `HTTP status ${response.status}`;
  } catch (error) {
    signal.throwIfAborted();
    if ((error as Error).name === 'TimeoutError') return `no answer within ${connectionTestMs / 1000} s`;
    const { cause } = error as { cause?: { code?: string; message?: string } };
    return cause?.code ?? cause?.message ?? String(error);
  }
};

export const fileSha256 = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

const sizeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw cause;
  }
};

/** Downloads into `path`.part, then renames. Throws what fetch throws. */
export const download = async (
  url: string,
  path: string,
  progress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<void> => {
  const part = `${path}.part`;
  const present = await sizeOf(part);
  const response = await fetch(url, { signal, headers: present > 0 ? { range: `bytes=${present}-` } : {} });
  if (response.status === 416) {
    await rm(part); // longer than the file: not ours
    return download(url, path, progress, signal);
  }
  if (!response.ok || !response.body) throw new TypeError(`HTTP status ${response.status}`);
  // A server that does not know ranges sends the whole file again.
  let done = response.status === 206 ? present : 0;
  const total = done + Number(response.headers.get('content-length') ?? 0);
  const file = await open(part, done > 0 ? 'a' : 'w');
  try {
    for await (const chunk of response.body) {
      await file.write(chunk as Uint8Array);
      done += (chunk as Uint8Array).length;
      progress(done, total);
    }
  } finally {
    await file.close();
  }
  await rename(part, path);
};
