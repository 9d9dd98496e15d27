// Whether networks of a profile are networks of a space.
import type { PredictedSpace, Profile, ProfiledSpace } from '@nasc/core';
import { canonicalJson } from '@nasc/ir';

type Described = Pick<ProfiledSpace, 'choices' | 'fixed'>;

const hasKeys = ({ choices, fixed }: Described): boolean =>
  fixed.length > 0 || choices.some(({ candidates }) => candidates.some(({ key }) => key !== undefined));

const structure = ({ choices, fixed }: Described): string =>
  canonicalJson({
    choices: choices.map(({ candidates }) => candidates.map(({ name, key }) => [name, key ?? null])),
    fixed: fixed.map(({ keys }) => keys),
  } as never);

/** Blocks have the same keys at the same choices, or, where a profile knows only their numbers, there are as many of them. */
export const isSameSpace = (profiled: Described, space: Described): boolean => {
  if (hasKeys(profiled) && hasKeys(space)) return structure(profiled) === structure(space);
  return (
    profiled.choices.length === space.choices.length &&
    profiled.choices.every(({ candidates }, choice) => candidates.length === space.choices[choice]!.candidates.length)
  );
};

/** The part of a profile that is about the space; undefined where it has none. */
export const findSpace = (profile: Profile, space: Described | PredictedSpace): ProfiledSpace | undefined =>
  profile.spaces.find((profiled) => isSameSpace(profiled, space));
