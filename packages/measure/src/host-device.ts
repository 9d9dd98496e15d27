// What this machine is, as far as speed depends on it.
import { availableParallelism, cpus, totalmem } from 'node:os';
import { sha256 } from '@nasc/core';
import type { DeviceDescription } from '@nasc/core';

export interface HostProcessor {
  readonly model: string;
  readonly cores: number;
  readonly architecture: string;
  readonly memoryGiB: number;
}

export const hostProcessor = (): HostProcessor => ({
  model: cpus()[0]?.model.trim() || `unknown ${process.arch} processor`,
  cores: availableParallelism(),
  architecture: process.arch,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
});

/**
 * A device: its id begins with `name`, and changes with the description and with each of `details`, which change its speed, or what is
 * called its speed, and are of no interest to people.
 */
export const describeDevice = (name: string, description: string, details: readonly string[] = []): DeviceDescription => {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return { id: `${slug}-${sha256(description, ...details).slice(0, 10)}`, description };
};

/**
 * The device that measurements on this machine are made on. Everything in `details` (threads, vector width, version of
 * compiler or runtime) changes its id.
 */
export const hostDevice = (details: Readonly<Record<string, string | number>>): DeviceDescription => {
  const { model, architecture } = hostProcessor();
  const listed = Object.entries(details).map(([name, value]) => `${name} ${value}`);
  return describeDevice(model, [`${model} (${architecture})`, ...listed].join(', '));
};
