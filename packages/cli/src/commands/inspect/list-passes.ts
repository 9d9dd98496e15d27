// `nasc inspect --passes`: what will run, in order, and which plugin it comes from.
import type { OrderedPart } from '@nasc/core';

export interface DescribedPart {
  readonly stage: string;
  readonly part: string;
  readonly consumes: readonly string[];
  readonly produces: string;
  readonly per: 'run' | 'target' | 'network';
  readonly onDemand: boolean;
  readonly passes: readonly { readonly name: string; readonly plugin: string }[];
}

export const describeParts = (parts: readonly OrderedPart[]): readonly DescribedPart[] =>
  parts.map(({ part: { stage, name, consumes, produces, per, onDemand = false }, passes }) => ({
    stage,
    part: name,
    consumes,
    produces,
    per,
    onDemand,
    passes: passes.map(({ pass, provenance }) => ({ name: pass.name, plugin: provenance.plugin })),
  }));

export const printParts = (parts: readonly OrderedPart[]): string =>
  describeParts(parts)
    .flatMap(({ stage, part, consumes, produces, per, onDemand, passes }, index, all) => [
      ...(all[index - 1]?.stage === stage ? [] : [`${index > 0 ? '\n' : ''}${stage}`]),
      `  ${part}: ${[...consumes].join(', ') || 'config'} -> ${produces}${per === 'run' ? '' : `, for each ${per}`}${onDemand ? ', on demand' : ''}`,
      ...passes.map(({ name, plugin }) => `    ${name}${plugin === `stage-${stage}` ? '' : `  (${plugin})`}`),
    ])
    .join('\n');
