// A target for tests that neither measure nor emit.
import type { Target } from '../kinds/index.ts';

export const bareTarget = (name: string, options: Target['options'] = {}): Target => ({
  name,
  options,
  capabilities: { dtypes: ['float32'] },
  device: async () => ({ id: 'here', description: 'here' }),
  supports: () => true,
  legalize: [],
  kernels: [],
  emit: async () => ({ files: new Map(), coverage: [] }),
});
