// When architecture steps take place among the weight steps. The published search counts epochs of weight steps: gates rest in the first
// one, then every fifth iteration is followed by an architecture step (1.5 of the paper's code: `grad_update_arch_param_every`), or 300
// updates are spread evenly over each epoch (REINFORCE).
import { count } from '../options.ts';

export interface ScheduleOptions {
  readonly steps: number;
  readonly epochs?: number;
  readonly startEpochs: number;
  readonly weightSteps: number;
  readonly updatesPerEpoch?: number;
  readonly stepsPerUpdate: number;
}

export const scheduleProperties = (steps: number) => ({
  steps: count('Architecture steps. Of no effect where epochs are given.', steps),
  epochs: {
    type: 'number',
    exclusiveMinimum: 0,
    description: 'Length of the search in epochs of weight steps over the training images; counts architecture steps where absent.',
  },
  startEpochs: count('With epochs: the first ones train weights alone.', 0, 0),
  weightSteps: count('Weight steps on training images before each update of the architecture; 0 freezes the shared weights.', 0, 0),
  updatesPerEpoch: count('With epochs: so many updates, spread evenly over each epoch, instead of one after every weightSteps.'),
  stepsPerUpdate: count('Architecture steps of an update, each on a batch of its own.', 1),
});

export interface SearchSchedule {
  /** Architecture steps in all. */
  readonly steps: number;
  /** Weight steps in all. */
  readonly weightSteps: number;
  /** Weight steps that come before architecture step `step`, from the beginning; all of them for the step behind the last. */
  weightStepsBefore(step: number): number;
}

/** `iterations`: weight steps of an epoch. */
export const searchSchedule = (options: ScheduleOptions, iterations: number): SearchSchedule => {
  const { epochs, startEpochs, weightSteps: interval, updatesPerEpoch, stepsPerUpdate } = options;
  if (epochs === undefined) {
    const { steps } = options;
    const updates = Math.ceil(steps / stepsPerUpdate);
    const before = (step: number) => (step >= steps ? updates * interval : (Math.floor(step / stepsPerUpdate) + 1) * interval);
    return { steps, weightSteps: updates * interval, weightStepsBefore: before };
  }
  const weightSteps = Math.round(epochs * iterations);
  const perEpoch = updatesPerEpoch ?? (interval > 0 ? Math.floor(iterations / interval) : iterations);
  const after = (update: number): number =>
    updatesPerEpoch === undefined ? (update + 1) * Math.max(1, interval) : Math.floor(((update + 1) * iterations) / perEpoch);
  const beforeUpdate = (update: number) => (startEpochs + Math.floor(update / perEpoch)) * iterations + after(update % perEpoch);
  let updates = Math.max(0, Math.ceil(epochs - startEpochs)) * perEpoch;
  while (updates > 0 && beforeUpdate(updates - 1) > weightSteps) updates--;
  const steps = updates * stepsPerUpdate;
  return {
    steps,
    weightSteps,
    weightStepsBefore: (step) => (step >= steps ? weightSteps : beforeUpdate(Math.floor(step / stepsPerUpdate))),
  };
};
