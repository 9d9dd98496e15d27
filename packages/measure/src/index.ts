export * from './host-device.ts';
export * from './measure.ts';
export * from './network-latency.ts';
export * from './sample-networks.ts';
export * from './statistics.ts';
