export { mobileSmall } from './mobile-small.ts';
export { proxylessImagenet } from './proxyless-imagenet.ts';
export { proxylessNetworks } from './proxyless-networks.ts';
export { spacesPlugin } from './spaces-plugin.ts';
