// How much of the processor others use, while nothing is measured.
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const processorTimes = () => {
  const times = cpus().map(({ times }) => times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  return { idle, all: times.reduce((sum, time) => sum + Object.values(time).reduce((a, b) => a + b), 0) };
};

/** Between 0 and 1; takes a second. */
export const shareInUse = async () => {
  const before = processorTimes();
  await sleep(1000);
  const after = processorTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
};
