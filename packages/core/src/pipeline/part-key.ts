// The key of an artifact: everything that can influence it and is known before the part runs. What only shows while it
// runs (which ops, which data set plugin) is kept beside the artifact and compared on the next look-up.
import { canonicalJson } from '@nasc/ir';
import { messages } from '../messages.ts';
import type { OrderedPart } from '../plugins/order-passes.ts';
import { valueDigest } from '../plugins/source-digest.ts';
import { consult } from '../plugins/tracked-registry.ts';
import { sha256 } from '../sha256.ts';
import type { NetworkSubject, RunState, Subject } from './run-state.ts';

/** Functions become their `cacheKey`; `uncached` is called with the place of one that has none. */
const keyable = (value: unknown, place: string, uncached: (place: string) => void): unknown => {
  if (typeof value === 'function') {
    const { cacheKey } = value as { cacheKey?: unknown };
    if (typeof cacheKey === 'string') return { function: cacheKey };
    uncached(place);
    return null;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => keyable(item, `${place}/${index}`, uncached));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, keyable(item, `${place}/${key}`, uncached)]));
};

/** Undefined when the part cannot be cached (which is reported). */
export const partKey = async (
  state: RunState,
  { part, passes }: OrderedPart,
  subject: Subject | NetworkSubject | undefined,
  inputs: Readonly<Record<string, string>>,
): Promise<string | undefined> => {
  const { hooks, tapsDigest, registrations } = state.host;
  const places: string[] = [];
  const uncached = (place: string) => places.push(place);
  const depends = new Set(part.dependsOn);
  const reads = keyable(part.reads(state.config, state.folder), '', uncached);
  const { name: _name, ...limits } = (depends.has('limits') && subject && 'limits' in subject && subject.limits) || {};
  const target = subject?.target;
  const keptLimits = keyable(limits, '', uncached);
  if (places.length > 0) {
    for (const place of places) state.listener('diagnostic', messages.notCached(part.stage, place));
    return undefined;
  }
  return sha256(
    canonicalJson({
      format: 2,
      stage: part.stage,
      part: part.name,
      produces: part.produces,
      target: target && { name: target.name, options: target.options, plugin: consult(registrations, `target:${target.name}`) },
      passes: passes.map(({ pass, provenance }) => ({
        name: pass.name,
        version: pass.version ?? 0,
        plugin: `${provenance.plugin}:${provenance.digest}`,
        code: valueDigest(pass.run),
        before: tapsDigest(hooks.beforePass.get(pass.name) as never),
        after: tapsDigest(hooks.afterPass.get(pass.name) as never),
      })),
      modify: tapsDigest(hooks.modifyArtifact.get(part.produces) as never),
      reads,
      inputs,
      data: depends.has('data') ? (await state.dataset(part.stage)).manifestHash : undefined,
      engine: depends.has('engine') ? (await state.engine(part.stage)).identity : undefined,
      limits: keptLimits,
      device: depends.has('device') && target ? (await target.device()).id : undefined,
    }),
  );
};
