// A latency predictor: whole networks say how long a multiply-accumulate takes on the device, and blocks take as long as they have work.
import { DiagnosticError, errorDiagnostic, findSpace, median, normalised } from 'nasc/plugin';
import type { LatencyPredictorDefinition, LatencyValue } from 'nasc/plugin';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const byWork: LatencyPredictorDefinition = {
  name: 'by-work',
  description: 'Latency in proportion to multiply-accumulates, as fast as whole networks were.',
  optionsSchema: {
    type: 'object',
    properties: { networks: { type: 'integer', minimum: 1, default: 12, description: 'Networks that are measured.' } },
    additionalProperties: false,
  },
  create: ({ networks }) => ({
    name: 'by-work',
    needs: { blocks: false, networks: networks as number },
    fit({ space, profile }) {
      const work = (key: string | undefined): number => (key === undefined ? 0 : (space.blocks[key]?.macs ?? 0));
      const ofChoices = space.choices.map(({ candidates }) => candidates.map(({ key }) => work(key)));
      const ofFixed = space.fixed.map(({ id, keys }) => ({ id, macs: sum(keys.map(work)) }));
      const always = sum(ofFixed.map(({ macs }) => macs));
      const profiled = findSpace(profile, space);
      if (!profiled || profiled.networks.length === 0)
        throw new DiagnosticError([errorDiagnostic('BY_WORK_NO_NETWORKS', `No network of "${space.name}" was measured.`)]);
      const speeds = profiled.networks.map((network) => {
        const macs = always + sum(network.choices.map((candidate, choice) => ofChoices[choice]![candidate]!));
        return normalised(network.ms, network, profiled) / macs;
      });
      const msOfOne = median(speeds);
      const value = (macs: number): LatencyValue => ({
        ms: msOfOne * macs,
        source: 'model',
        samples: speeds.length,
        spread: 0,
        deviceId: profile.device.id,
      });
      return {
        choices: ofChoices.map((candidates) => candidates.map(value)),
        fixed: Object.fromEntries(ofFixed.map(({ id, macs }) => [id, value(macs)])),
        facts: { msOfMillion: 1e6 * msOfOne },
      };
    },
  }),
};
