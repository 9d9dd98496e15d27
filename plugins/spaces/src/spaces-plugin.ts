// The plugin that brings the built-in search spaces.
import { definePlugin } from '@nasc/core';
import { mobileSe } from './mobile-se.ts';
import { mobileSmall } from './mobile-small.ts';
import { proxylessCifar10 } from './proxyless-cifar10.ts';
import { proxylessImagenet } from './proxyless-imagenet.ts';
import { proxylessNetworks } from './proxyless-networks.ts';
import { pyramidCifar10 } from './pyramid-cifar10.ts';

export const spacesPlugin = definePlugin({
  name: 'spaces',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    for (const space of [mobileSmall, mobileSe, proxylessImagenet, ...proxylessNetworks, pyramidCifar10, proxylessCifar10])
      api.addSpace({ name: space.name, description: space.description, space });
  },
});
