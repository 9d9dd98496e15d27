export * from './host-device.ts';
export * from './measure.ts';
export * from './statistics.ts';
