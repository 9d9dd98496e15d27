export { mobileSmall } from './mobile-small.ts';
export { proxylessImagenet } from './proxyless-imagenet.ts';
export { spacesPlugin } from './spaces-plugin.ts';
