// A whole run of seconds: budgets small enough for dozens of attempts.
import { join } from 'node:path';

const mbConv = (kernel, expansion) => ({ macro: 'mbConv', kernel, expansion });

/** @param {{ target: string | object, threads?: number, dataWorkers?: number }} options */
export const smallConfig = ({ target, threads = 2, dataWorkers = 1 }) => ({
  task: { dataset: 'spots', archValidationImages: 200, scoringImages: 200 },
  space: {
    name: 'small',
    stem: [{ name: 'stem', macro: 'convBnAct', width: 8, kernel: 3, stride: 2 }],
    candidates: [mbConv(3, 2), mbConv(5, 4)],
    stages: [
      { width: 8, blocks: 2, stride: 2 },
      { width: 16, blocks: 1, stride: 2 },
    ],
    head: [{ name: 'head', macro: 'linearHead' }],
  },
  outDir: 'out',
  targets: [target],
  plugins: [join(import.meta.dirname, 'plugin.js')],
  constraints: { latencyShare: 0.9 },
  seed: 7,
  threads,
  dataWorkers,
  // How many follow from the speed of the machine otherwise.
  annotate: { networks: 48 },
  train: { epochs: 6, batchSize: 32, optimizer: { learningRate: 0.1 } },
  derive: {
    strategy: { name: 'proxyless-gradient', steps: 16, batchSize: 32, weightSteps: 1 },
    select: { candidates: 4 },
    retrain: {
      epochs: 1,
      batchSize: 64,
      optimizer: { learningRate: 0.05 },
      dropout: 0.1,
      dropPath: 0.1,
      ema: 0.9,
      distillation: { epochs: 1 },
    },
  },
  export: { verifyImages: 200 },
});
