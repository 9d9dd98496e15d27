// The tfjs engine on kernels in plain JavaScript, which are there on every machine.
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { createTfjsEngine } from '@nasc/engine-tfjs';
import type { EngineUnderTest } from './engine-under-test.ts';
import { tinySpace } from './small-space.ts';

tf.enableProdMode(); // no advertisement on the console

export const javascriptTfjs: EngineUnderTest = {
  engine: createTfjsEngine(async () => {
    await tf.setBackend('cpu');
    return { tf, detail: 'plain JavaScript', identity: 'tfjs:javascript' };
  }),
  space: tinySpace,
  options: {},
};
