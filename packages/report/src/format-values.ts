// Numbers as the report's table shows them; independent of the system's language.

const mostDigits = 30;

/** 12 345 678: digits in groups of three; 4.20e547 where they are more than anyone reads. */
export const formatCount = (value: number | string): string => {
  const digits = String(value);
  if (digits.length > mostDigits) return `${digits[0]}.${digits.slice(1, 3)}e${digits.length - 1}`;
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ' ');
};

/** 12.3 M: three digits or so. */
export const formatLarge = (value: number): string => {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (value >= size) return `${(value / size).toPrecision(3)} ${unit}`;
  }
  return String(value);
};

export const formatBytes = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(2)} MiB`;
};

/** Decimals that show three digits of a number of milliseconds: networks take from microseconds to seconds. */
export const msDecimals = (ms: number): number => (ms <= 0 ? 3 : Math.min(6, Math.max(1, 2 - Math.floor(Math.log10(ms)))));

export const formatMs = (ms: number): string => `${ms.toFixed(msDecimals(ms))} ms`;

/** 0.35 s, 12.3 s, 4 min 05 s, 2 h 03 min. */
export const formatDuration = (ms: number): string => {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
};

export const formatShare = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;

export const formatError = (value: number): string => (value === 0 ? '0' : value.toExponential(1));
