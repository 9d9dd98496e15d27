// Progress of the whole set-up as one scale of 100 %, from the shares of time that its phases were measured to take.

/** Percent at which a phase begins. */
const begins = { download: 0, extract: 60, build: 70, check: 98, done: 100 } as const;
export type Phase = Exclude<keyof typeof begins, 'done'>;

export interface Phases {
  /** `fraction` of a phase is done. */
  at(phase: Phase, fraction: number, message: string): void;
  /** Reports a phase every second by the time that it is expected to take, until `work` ends. */
  timed<T>(phase: Phase, message: string, fraction: (elapsedMs: number) => number | Promise<number>, work: Promise<T>): Promise<T>;
}

export const createPhases = (progress: (done: number, total: number, unit: string, message?: string) => void): Phases => {
  const names = Object.keys(begins) as (keyof typeof begins)[];
  let last = '';
  const at = (phase: Phase, fraction: number, message: string) => {
    const start = begins[phase];
    const end = begins[names[names.indexOf(phase) + 1]!];
    const percent = Math.floor(start + (end - start) * Math.min(fraction, 0.99));
    if (last === `${percent} ${message}`) return;
    last = `${percent} ${message}`;
    progress(percent, begins.done, '%', message);
  };
  return {
    at,
    async timed(phase, message, fraction, work) {
      const started = performance.now();
      at(phase, 0, message);
      const timer = setInterval(async () => at(phase, await fraction(performance.now() - started), message), 1000);
      try {
        return await work;
      } finally {
        clearInterval(timer);
      }
    },
  };
};
