// Learning rate of a training: a linear rise, then half a cosine down to 0, both per step.

/** Rate of a step, from 0 on. */
export type Schedule = (step: number) => number;

export interface CosineOptions {
  /** Rate at the start of the cosine. */
  readonly learningRate: number;
  /** Steps of the linear rise; the first of them already has a rate above 0. */
  readonly warmUpSteps: number;
  /** All steps, the rise included. */
  readonly steps: number;
}

/** rate (s + 1) / (w + 1) while s < w, then rate (1 + cos(pi (s - w) / (S - w))) / 2 (Loshchilov and Hutter, 2017). */
export const cosineSchedule =
  ({ learningRate, warmUpSteps, steps }: CosineOptions): Schedule =>
  (step) => {
    if (step < warmUpSteps) return (learningRate * (step + 1)) / (warmUpSteps + 1);
    const progress = Math.min(1, (step - warmUpSteps) / Math.max(1, steps - warmUpSteps));
    return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
  };
