// What the machine is like while it is measured: kept beside the numbers, so that a strange profile can be told from a strange device.
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { DeviceConditions } from '@nasc/core';

/** Undefined where the system has no such file. */
const readNumber = (file: string): number | undefined => {
  const text = readText(file);
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) ? undefined : value;
};

const readText = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
};

const cpu = '/sys/devices/system/cpu/cpu0/cpufreq';

export const currentConditions = (): DeviceConditions => {
  const governor = readText(`${cpu}/scaling_governor`);
  const frequencyKHz = readNumber(`${cpu}/scaling_cur_freq`);
  const milliCelsius = readNumber('/sys/class/thermal/thermal_zone0/temp');
  return {
    time: new Date().toISOString(),
    load: Math.round(loadavg()[0]! * 100) / 100,
    ...(governor !== undefined && { governor }),
    ...(frequencyKHz !== undefined && { frequencyMHz: Math.round(frequencyKHz / 1000) }),
    ...(milliCelsius !== undefined && { temperatureC: milliCelsius / 1000 }),
  };
};
