// Which networks are held out together.
import type { ProfiledNetwork } from '@nasc/core';
import { Random } from '@nasc/random';

/** Of a network that stays with those that are fitted to. */
export const neverHeldOut = -1;

/**
 * The fold of each network, drawn at random, all of nearly the same size. A network with a candidate that no other fold has is never held
 * out: without it nothing at all would be known of the candidate, and with it the prediction would have seen it.
 */
export const drawFolds = (networks: readonly Pick<ProfiledNetwork, 'choices'>[], folds: number, seed: number): readonly number[] => {
  const random = new Random({ seed, stream: 'profile.folds' });
  const drawn = Array.from(random.permutation(networks.length), (place) => place % folds);
  const places = ({ choices }: Pick<ProfiledNetwork, 'choices'>) => choices.map((candidate, choice) => `${choice}/${candidate}`);
  const foldsOf = new Map<string, Set<number>>();
  for (const [index, network] of networks.entries()) {
    for (const place of places(network)) foldsOf.set(place, (foldsOf.get(place) ?? new Set()).add(drawn[index]!));
  }
  return networks.map((network, index) => (places(network).every((place) => foldsOf.get(place)!.size > 1) ? drawn[index]! : neverHeldOut));
};
