export { mobileSe } from './mobile-se.ts';
export { mobileSmall } from './mobile-small.ts';
export { proxylessCifar10 } from './proxyless-cifar10.ts';
export { proxylessImagenet } from './proxyless-imagenet.ts';
export { proxylessNetworks } from './proxyless-networks.ts';
export { pyramidCifar10 } from './pyramid-cifar10.ts';
export { spacesPlugin } from './spaces-plugin.ts';
