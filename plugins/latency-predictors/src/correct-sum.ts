// What whole networks say of a sum of latencies that was made otherwise: a cost of the call, a scale, and corrections that are the
// smaller the less they are needed (ridge regression; the widths of the priors follow from the networks by `fitByEvidence`):
//
//   network ms = call + scale · (sum of the base) + Σ corrections of its candidates
//
// A candidate's correction is the sum of four, each with a width of its own: by its kind (a share of the base, common to all candidates
// of that name), by its place (a share, common to all candidates of the choice), by its key (common to all places where the block stands)
// and its own. The mean effect of neighbours, and of what blocks cost outside their timers, is carried so; what one network's
// combination of neighbours adds to it no sum can carry. Errors count as shares of the latency.
import { networkMs, sumOf, withoutNegatives } from './additive.ts';
import type { Additive } from './additive.ts';
import { correctionColumns } from './correction-columns.ts';
import type { Features, SumCorrection } from './correction-columns.ts';
import { fitByEvidence } from './evidence-regression.ts';
import type { SparseRow } from './evidence-regression.ts';

export interface CorrectedSum {
  readonly ms: Additive;
  /** Standard deviations, ms. */
  readonly deviations: Additive;
  readonly scale: number;
  /** Relative errors that are left. */
  readonly noise: number;
  readonly facts: Readonly<Record<string, number>>;
}

const firstNoise = 0.02;
/** No machine repeats itself better. */
const leastNoise = 5e-4;

const round = (value: number): number => Number(value.toPrecision(4));

const sparse = (features: Features): SparseRow => ({ columns: [...features.keys()], values: [...features.values()] });

/** At least one network is needed. */
export const correctSum = (correction: SumCorrection): CorrectedSum => {
  const { networks, base } = correction;
  const meanMs = sumOf(networks.map(({ ms }) => ms)) / networks.length;
  const { groups, features } = correctionColumns(correction, meanMs);
  // Parts in this order: the call, units, the candidates of one choice after the other.
  const constant = [...base.fixed.keys(), base.fixed.length];
  const first = base.choices.map((_, choice) => constant.length + sumOf(base.choices.slice(0, choice).map(({ length }) => length)));
  const rows = networks.map(({ choices, ms }): SparseRow => {
    const columns = [...constant, ...choices.map((candidate, choice) => first[choice]! + candidate)];
    return { columns, values: columns.map(() => 1 / ms) };
  });
  const parts = [features.call, ...features.fixed, ...features.choices.flat()].map(sparse);
  const targets = networks.map(({ choices, ms }) => 1 - networkMs(base, choices) / ms);
  const fit = fitByEvidence({ rows, features: parts }, targets, groups, { noise: firstNoise, leastNoise });

  const assemble = (of: (part: (typeof fit.parts)[number], before: number) => number): Additive => ({
    choices: base.choices.map((candidates, choice) => candidates.map((ms, candidate) => of(fit.parts[first[choice]! + candidate]!, ms))),
    fixed: base.fixed.map((ms, unit) => of(fit.parts[1 + unit]!, ms)),
    call: of(fit.parts[0]!, base.call),
  });
  const ms = withoutNegatives(assemble(({ value }, before) => before + value));
  const [scaleColumn] = groups.find(({ name }) => name === 'scale')!.columns;
  const scale = scaleColumn === undefined ? 1 : 1 + fit.weights[scaleColumn]!;
  const widths = groups.flatMap(({ name, learned, columns }, index) =>
    learned && columns.length > 0 ? [[`width of ${name}`, round(fit.deviations[index]!)] as const] : [],
  );
  return {
    ms,
    deviations: assemble(({ deviation }) => deviation),
    scale,
    noise: fit.noise,
    facts: {
      networks: networks.length,
      callMs: round(ms.call),
      ...(scaleColumn !== undefined && { scale: round(scale) }),
      noise: round(fit.noise),
      ...Object.fromEntries(widths),
    },
  };
};
