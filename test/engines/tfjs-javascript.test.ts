import * as tf from '@tensorflow/tfjs-core';
import { gatesSuite } from './gates-suite.ts';
import { gradientsSuite } from './gradients-suite.ts';
import { opsSuite } from './ops-suite.ts';
import { programSuite } from './program-suite.ts';
import { statisticsSuite } from './statistics-suite.ts';
import { tensorsSuite } from './tensors-suite.ts';
import { javascriptTfjs } from './tfjs-javascript.ts';
import { togetherSuite } from './together-suite.ts';
import { updateSuite } from './update-suite.ts';

await opsSuite(javascriptTfjs);
await gradientsSuite(javascriptTfjs);
await gatesSuite(javascriptTfjs);
await statisticsSuite(javascriptTfjs);
updateSuite(javascriptTfjs);
programSuite(javascriptTfjs);
togetherSuite(javascriptTfjs);
tensorsSuite(javascriptTfjs, () => tf.memory().numTensors);
