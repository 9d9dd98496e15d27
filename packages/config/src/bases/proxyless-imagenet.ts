// The published search and training of ProxylessNAS on ImageNet: section 1.5 and 1.8 of its released code (mit-han-lab/proxylessnas,
// `imagenet_arch_search.py`, `imagenet_run_exp.py`). What depends on the user is left out: data set, targets, the reference latency.
import type { Preset } from './preset.ts';

const everything = ['weight', 'bias', 'scale'] as const;

export const proxylessImagenet = {
  task: {
    archValidationImages: 50_000,
    augmentation: {
      flip: true,
      randomResizedCrop: { scale: [0.08, 1] },
      colourJitter: { brightness: 32 / 255, saturation: 0.5 },
    },
    evaluationCrop: 0.875,
  },
  space: 'proxyless-imagenet',
  // 40 epochs of the weights alone, one cosine from 0.05 to 0; everything decays.
  train: {
    epochs: 40,
    batchSize: 256,
    labelSmoothing: 0.1,
    optimizer: { learningRate: 0.05, momentum: 0.9, weightDecay: 4e-5, decayRoles: [...everything] },
  },
  derive: {
    strategy: {
      name: 'proxyless-gradient',
      // 120 epochs; from the second on an architecture step after every fifth iteration.
      epochs: 120,
      startEpochs: 1,
      weightSteps: 5,
      stepsPerUpdate: 1,
      batchSize: 256,
      learningRate: 0.001,
      gates: 'full_v2',
      zero: 'latency-only',
      expectedOver: 'sampled',
      loss: 'mul#log',
      scale: 0.2,
      beta: 0.3,
      weightLearningRate: 0.025,
      momentum: 0.9,
      weightDecay: 4e-5,
      decayRoles: [...everything],
    },
    select: { method: 'argmax' },
    // Everything but batch normalisation decays.
    retrain: {
      from: 'scratch',
      epochs: 300,
      batchSize: 256,
      labelSmoothing: 0.1,
      optimizer: { learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 4e-5, decayRoles: ['weight', 'bias'] },
    },
  },
} satisfies Preset;
