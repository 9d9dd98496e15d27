// JSON Schemas of options that several strategies share, and how they are written.

export const count = (description: string, preset?: number, minimum = 1) => ({
  type: 'integer',
  minimum,
  ...(preset !== undefined && { default: preset }),
  description,
});

export const amount = (description: string, preset?: number) => ({
  type: 'number',
  minimum: 0,
  ...(preset !== undefined && { default: preset }),
  description,
});

export interface SeedOption {
  readonly seed?: number;
}

export const seedProperty = {
  seed: { type: 'integer', minimum: 0, maximum: 4294967295, description: "Seed of the strategy; the config's seed when absent." },
} as const;
