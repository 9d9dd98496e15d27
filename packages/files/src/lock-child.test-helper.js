// Another process that wants the lock: `hold` keeps it, `end` ends without releasing it, `count` adds to a number under it several
// times and is killed when it has it for the last time.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { lockFile } from '@nasc/files';

const [path, action, counter, times] = process.argv.slice(2);
const get = () => lockFile(path, new AbortController().signal, () => {});

if (action === 'count') {
  for (let left = Number(times); left > 0; left--) {
    const lock = await get();
    // Two that are in here at once lose a count.
    const count = existsSync(counter) ? Number(readFileSync(counter, 'utf8')) : 0;
    await setTimeout(2);
    writeFileSync(counter, String(count + 1));
    if (left === 1) process.kill(process.pid, 'SIGKILL');
    await lock.release();
  }
} else {
  await get();
  process.send?.('has it');
  process.stdout.write('has it');
  if (action === 'hold') setInterval(() => {}, 1000);
}
