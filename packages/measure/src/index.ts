export * from './block-keys.ts';
export * from './host-device.ts';
export * from './measure.ts';
export * from './network-latency.ts';
export * from './sample-networks.ts';
export * from './statistics.ts';
export * from './time-beside-reference.ts';
