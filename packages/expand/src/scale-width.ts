// Widths under a width multiplier, as MobileNetV2's published code makes them divisible.

const divisor = 8;

/** v * multiplier to the nearest multiple of 8, at least 8 and never below 90 % of it. A multiplier of 1 changes nothing. */
export const scaleWidth = (width: number, multiplier: number): number => {
  if (multiplier === 1) return width;
  const exact = width * multiplier;
  const rounded = Math.max(divisor, Math.floor((exact + divisor / 2) / divisor) * divisor);
  return rounded < 0.9 * exact ? rounded + divisor : rounded;
};
