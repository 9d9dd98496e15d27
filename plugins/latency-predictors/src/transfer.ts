// `transfer`: a new device from a few whole networks and the profiles of others (few measurements and known devices: Lee, Lee, Chong,
// Hwang, "HELP", NeurIPS 2021). The device whose sum, scaled and shifted, leaves the smallest errors is where it starts; by how much the
// others differ from that one are directions in which a new device may differ from it, too, and corrections as of `corrected` do the
// rest, as far as the networks ask for them.
import type { LatencyPredictorDefinition, PredictorRequest, Profile } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { combineParts, networkMs, sumOf } from './additive.ts';
import type { Additive } from './additive.ts';
import { correctByNetworks, correctedModel } from './corrected.ts';
import { correctSum } from './correct-sum.ts';
import { measuredNetworks } from './measured-networks.ts';
import type { MeasuredNetwork } from './measured-networks.ts';
import { messages } from './messages.ts';
import { completeTable } from '@nasc/profile';
import { sizeBase } from './size-base.ts';
import { tableBase } from './table.ts';

const defaultNetworks = 50;
/** Two devices may differ by orders of magnitude: their sum is scaled before anything else, to within this share. */
const width = { scale: 0.5, call: 0.3 };
/** Of the way from the closest device to another, at the beginning. */
const firstDeviation = 0.3;

interface KnownDevice {
  readonly id: string;
  readonly ms: Additive;
}

/** Undefined where the profile does not know every block. */
const knownDevice = (profile: Profile, request: PredictorRequest): KnownDevice | undefined => {
  const { space } = request;
  try {
    const corrected = correctByNetworks({ ...request, profile }, measuredNetworks(profile, space));
    return { id: profile.device.id, ms: corrected?.ms ?? tableBase(completeTable(profile, space)) };
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
};

/** The device's sum in the measure of the new one: the medians of the networks alike. */
const inMeasure = (ms: Additive, networks: readonly MeasuredNetwork[]): Additive => {
  const ratio = sumOf(networks.map(({ choices, ms: measured }) => Math.log(measured / networkMs(ms, choices)))) / networks.length;
  return combineParts([ms], ([value]) => value! * Math.exp(ratio));
};

export const transferPredictor: LatencyPredictorDefinition = {
  name: 'transfer',
  description: 'A new device from a few whole networks, and from the profiles of other devices.',
  optionsSchema: {
    type: 'object',
    properties: {
      networks: {
        type: 'integer',
        minimum: 5,
        default: defaultNetworks,
        description: 'How many whole networks of the new device are measured, and used at most.',
      },
    },
    additionalProperties: false,
  },
  create(options) {
    const { networks: wanted } = options as { readonly networks: number };
    // The same profiles are asked for by every fold of a cross-validation.
    const devices = new WeakMap<Profile, { readonly space: string; readonly device: KnownDevice | undefined }>();
    const known = (profile: Profile, request: PredictorRequest): KnownDevice | undefined => {
      const space = JSON.stringify([request.space.choices, request.space.fixed]);
      const before = devices.get(profile);
      if (before?.space === space) return before.device;
      const device = knownDevice(profile, request);
      devices.set(profile, { space, device });
      return device;
    };
    return {
      name: 'transfer',
      needs: { blocks: false, networks: wanted },
      fit(request) {
        const { profile, others, space } = request;
        const found = others.flatMap((other) => known(other, request) ?? []);
        if (found.length === 0)
          throw new DiagnosticError([
            messages.noneToTransfer(
              space.name,
              others.map(({ device }) => device.description),
            ),
          ]);
        const networks = measuredNetworks(profile, space).slice(0, wanted);
        if (networks.length === 0)
          throw new DiagnosticError([
            messages.noNetworks(profile.device.description, profile.target?.name ?? 'TARGET', space.name, wanted),
          ]);
        const starts = found.map(({ id, ms }) => ({ id, base: inMeasure(ms, networks) }));
        const errors = starts.map(({ base }) => correctSum({ space, networks, base, width, affine: true }).noise);
        const closest = starts[errors.indexOf(Math.min(...errors))]!;
        const away = starts
          .filter((start) => start !== closest)
          .map(({ base }) => combineParts([base, closest.base], ([other, own]) => other! - own!));
        const sizes = sizeBase(space, sumOf(networks.map(({ ms }) => ms)) / networks.length);
        const corrected = correctSum({
          space,
          networks,
          base: closest.base,
          width,
          directions: [
            { name: 'other devices', parts: away, deviation: firstDeviation, learned: true },
            { name: 'sizes', parts: sizes ? [sizes.direction] : [], deviation: firstDeviation, learned: true },
          ],
        });
        return correctedModel(request, networks, corrected, { base: closest.id, devices: found.length });
      },
    };
  },
};
