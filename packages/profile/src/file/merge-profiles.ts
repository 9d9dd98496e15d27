// Profiles of one device, measured at different times or for different spaces, as one.
import type { Profile, ProfiledBlock, ProfiledSpace } from '@nasc/core';
import { sha256 } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { isSameSpace } from '../keys/match-space.ts';
import { messages } from '../messages.ts';

/** Two samples as one: count-weighted mean, pooled variance with what the means differ by. */
const pool = (a: ProfiledBlock, b: ProfiledBlock): ProfiledBlock => {
  const count = a.count + b.count;
  const ms = (a.ms * a.count + b.ms * b.count) / count;
  const within = a.variance * Math.max(0, a.count - 1) + b.variance * Math.max(0, b.count - 1);
  const between = a.count * (a.ms - ms) ** 2 + b.count * (b.ms - ms) ** 2;
  return { ...a, ...b, ms, count, variance: (within + between) / Math.max(1, count - 1) };
};

const mergeBlocks = (a: Profile['blocks'], b: Profile['blocks']): Profile['blocks'] => ({
  ...a,
  ...Object.fromEntries(Object.entries(b).map(([key, block]) => [key, Object.hasOwn(a, key) ? pool(a[key]!, block) : block])),
});

/** Networks of the same space: those of `b` as if its reference had been that of `a`. */
const mergeSpace = (a: ProfiledSpace, b: ProfiledSpace): ProfiledSpace => {
  if (!a.reference || !b.reference) return { ...a, ...b, networks: [...a.networks, ...b.networks] };
  const sameReference = a.reference.choices !== undefined && a.reference.choices.join(',') === b.reference.choices?.join(',');
  const scale = sameReference ? 1 : a.reference.ms / b.reference.ms;
  const networks = b.networks.map((network) =>
    network.referenceMs === undefined ? network : { ...network, referenceMs: network.referenceMs * scale },
  );
  const noise = Math.max(a.reference.noise, b.reference.noise);
  return { ...a, reference: { ...a.reference, noise }, networks: [...a.networks, ...networks] };
};

const mergeSpaces = (a: readonly ProfiledSpace[], b: readonly ProfiledSpace[]): readonly ProfiledSpace[] => {
  const merged = [...a];
  for (const space of b) {
    const index = merged.findIndex((other) => isSameSpace(other, space));
    if (index < 0) merged.push(space);
    else merged[index] = mergeSpace(merged[index]!, space);
  }
  return merged;
};

/** `name` calls devices one that have different ids. Throws PROFILE_OTHER_DEVICE where they have, and no name is given. */
export const mergeProfiles = (profiles: readonly Profile[], name?: string): Profile => {
  const ids = [...new Set(profiles.map(({ device }) => device.id))];
  if (ids.length > 1 && name === undefined) throw new DiagnosticError([messages.otherDevices(ids)]);
  const merged = profiles.reduce((a, b) => ({
    ...a,
    ...(a.source !== undefined || b.source !== undefined ? { source: [a.source, b.source].filter(Boolean).join('; ') } : {}),
    blocks: mergeBlocks(a.blocks, b.blocks),
    spaces: mergeSpaces(a.spaces, b.spaces),
  }));
  const { conditions: _, ...rest } = merged;
  const protocol = { method: 'several profiles', profiles: profiles.length };
  return {
    ...rest,
    ...(name !== undefined && { device: { id: `${name}-${sha256(ids.join(' ')).slice(0, 10)}`, description: name } }),
    ...(profiles.length > 1 && { protocol }),
  };
};
