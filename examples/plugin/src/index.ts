// The plugin: everything that it adds, in one list.
import { definePlugin, warningDiagnostic } from 'nasc/plugin';
import { byWork } from './by-work.ts';
import { greedy } from './greedy.ts';
import { learnedSwish } from './learned-swish.ts';
import { singleC } from './single-c/target.ts';
import { stripes } from './stripes.ts';
import { swishBlock } from './swish-block.ts';
import { swishTiny } from './swish-tiny.ts';
import { zeroTinyWeights } from './zero-tiny-weights.ts';

export interface SwishPluginOptions {
  /** Weights of a smaller magnitude become 0. */
  readonly threshold?: number;
}

/** Named in a JSON config it is made without options; a config in TypeScript may give some. */
export default function swishPlugin({ threshold = 1e-6 }: SwishPluginOptions = {}) {
  return definePlugin({
    name: 'swish',
    apiVersion: 1,
    version: '0.1.0',
    url: import.meta.url,
    options: { threshold },
    setup(api) {
      api.addOp(learnedSwish);
      api.addMacro(swishBlock);
      api.addSpace(swishTiny);
      api.addDataset(stripes);
      api.addTarget(singleC);
      api.addStrategy(greedy);
      api.addLatencyPredictor(byWork);
      api.addPass(zeroTinyWeights(threshold), { after: 'foldBatchNorm', before: 'removeDeadOps' });

      api.hooks.afterPass.for('expandBlocks').tap('swish', (_space, context) => {
        if (context.config.targets.length > 1)
          context.report(warningDiagnostic('SWISH_SEVERAL_TARGETS', 'Swish was made with one target in mind.'));
      });
      api.hooks.modifyArtifact.for('files').tap('swish', (generated) => ({
        ...generated,
        files: new Map([...generated.files, ['NOTICE', 'Swish: Ramachandran, Zoph and Le, 2017.\n']]),
      }));
    },
  });
}
