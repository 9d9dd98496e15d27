// The plugin that brings the built-in search spaces.
import type { UserSpace } from '@nasc/config';
import { definePlugin } from '@nasc/core';
import type { SpaceDefinition } from '@nasc/core';
import { mobileSmall } from './mobile-small.ts';
import { proxylessImagenet } from './proxyless-imagenet.ts';
import { proxylessNetworks } from './proxyless-networks.ts';

const definitionOf = (space: UserSpace): SpaceDefinition => ({ name: space.name, description: space.description ?? '', space });

export const spacesPlugin = definePlugin({
  name: 'spaces',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    for (const space of [mobileSmall, proxylessImagenet, ...proxylessNetworks]) api.addSpace(definitionOf(space));
  },
});
