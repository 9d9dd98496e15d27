// The options of `cell-proxy`.
import { amount, count, scheduleProperties, seedProperty, weightProperties } from '@nasc/search';
import type { LoopOptions } from '@nasc/search';

export interface CellProxyOptions extends LoopOptions {
  readonly batchSize?: number;
  readonly resolution: number;
  readonly imageShare: number;
  readonly cellBlocks: number;
  readonly cells: number;
  readonly warmUpEpochs: number;
  readonly networks: number;
}

const share = (description: string, preset: number) => ({
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1,
  default: preset,
  description,
});

export const optionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    resolution: share("Proxy: sides of the images, as a share of the space's.", 0.5),
    imageShare: share('Proxy: share of the training images.', 0.5),
    cellBlocks: count('Consecutive normal blocks that make the cell; each of them is a decision of its own.', 1),
    cells: count('Proxy: cells that a stage keeps at most.', 1),
    warmUpEpochs: { type: 'number', minimum: 0, default: 6, description: "Proxy: epochs of warm-up over the proxy's images." },
    ...scheduleProperties(300),
    batchSize: count("Images a step; the warm-up's when absent.", 64, 2),
    learningRate: amount('Rate of Adam for the architecture parameters, constant.', 0.1),
    networks: count('Stacked networks that are handed on, the most probable ones.', 1000),
    ...weightProperties,
    weightLearningRate: amount("Rate of the proxy's warm-up, and of the weight steps of its search, each at the start of a cosine.", 0.35),
    ...seedProperty,
  },
} as const;
