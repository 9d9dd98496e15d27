// The network that the paper found for CIFAR-10 (Proxyless-G, 2.08 % test error with its own training), as published with its
// weights: han-cai/files, proxylessnas/proxyless_cifar.config, commit a7c9bcd.
import type { UserSpace } from '@nasc/config';

/** One block a line, its edges depth first: 0.0, 0.00, 0.01, 0.1, 0.10, 0.11, then the same of branch 1. */
const edges = `
  sep7 sep3d2 identity max3 sep7 max3 sep5 sep5 sep5 sep3d2 sep7 sep7
  avg3 avg3 avg3 identity sep3 identity max3 sep3d2 identity sep7 sep3d2 sep3d2
  sep7 sep3 avg3 identity sep5 avg3 sep3 sep3 avg3 sep3d2 sep3d2 sep5
  avg3 sep5 sep3d2 sep5 sep3 sep3d2 sep3d2 sep7 sep3 sep7 identity sep7
  avg3 sep5 sep3d2 identity sep3d2 sep5 sep7 sep7 avg3 max3 identity max3
  sep7 sep7 max3 max3 sep3 sep5 avg3 sep3d2 sep3 sep7 identity identity
  sep3d2 identity max3 max3 sep7 sep7 sep7 sep5 sep3 sep7 identity identity
  sep3d2 sep5 sep7 sep3d2 sep5 sep7 max3 avg3 avg3 sep5 sep3 sep7
  sep7 sep5 max3 sep3d2 identity identity max3 sep3 avg3 max3 avg3 sep3d2
  sep5 sep3 identity identity sep3 sep7 sep3 sep5 sep7 identity sep5 sep7
  sep7 sep7 sep5 avg3 sep3 sep5 sep3d2 avg3 sep3d2 identity sep3d2 sep3
  sep5 avg3 sep5 sep3d2 sep3 sep3 avg3 sep7 sep7 sep5 sep3d2 sep3
  max3 sep7 sep3 max3 sep7 sep3d2 sep3 avg3 sep5 max3 sep7 identity
  sep3 max3 sep3d2 sep7 sep7 sep3d2 sep5 identity sep3 sep3d2 sep7 sep3
  sep3d2 max3 sep3 avg3 sep3d2 sep3d2 avg3 sep5 identity identity sep5 identity
  sep5 sep3d2 sep5 identity avg3 avg3 sep3d2 sep5 sep5 sep5 sep7 sep3
  sep7 sep5 sep5 sep5 sep3d2 sep3 identity max3 sep7 sep3d2 sep3 sep7
  max3 identity identity sep3d2 sep3 identity sep7 sep5 sep7 max3 identity sep3d2
  sep3d2 sep5 avg3 max3 avg3 sep7 sep5 sep7 sep3 avg3 avg3 max3
  sep7 identity sep7 sep3d2 identity sep7 sep3d2 sep3 sep7 max3 max3 sep5
  max3 avg3 sep3 sep3d2 identity sep3d2 max3 max3 sep5 max3 identity avg3
  sep3d2 sep7 sep3 avg3 avg3 sep3 sep3 sep7 identity avg3 sep3d2 sep3d2
  sep3d2 max3 avg3 max3 sep7 identity sep7 sep3d2 identity sep3d2 avg3 max3
  sep7 max3 sep7 sep5 max3 identity max3 avg3 sep3d2 identity max3 sep7
  identity avg3 sep5 sep5 max3 sep5 sep3d2 sep7 avg3 sep3d2 sep3d2 max3
  sep3 avg3 sep3d2 identity sep3d2 sep3d2 sep3d2 avg3 avg3 sep3 avg3 sep3
  sep3d2 max3 sep7 sep7 identity max3 max3 sep5 sep5 max3 sep5 sep3d2
  sep3 sep7 sep3 sep7 avg3 identity max3 sep3 sep7 sep7 max3 max3
  sep7 sep7 sep7 sep5 avg3 sep3 sep3 identity sep3d2 sep3 avg3 sep3
  sep5 avg3 identity identity avg3 sep5 avg3 sep3 avg3 sep7 avg3 max3
  identity avg3 sep3d2 sep3 identity sep7 identity sep7 max3 avg3 identity sep3d2
  sep7 sep5 identity max3 sep7 sep3d2 max3 sep3d2 max3 sep7 sep7 sep7
  sep3 max3 sep3 sep7 identity sep3 sep5 identity sep3 sep3 sep5 identity
  sep3d2 sep3d2 sep3 sep7 sep3d2 sep7 sep3 sep3 sep3d2 identity max3 identity
  max3 identity sep5 identity sep5 avg3 sep3 avg3 identity sep7 avg3 sep3d2
  sep7 sep7 sep5 max3 sep3d2 avg3 sep7 sep7 sep5 sep3 sep5 sep5
  avg3 avg3 avg3 avg3 sep3d2 avg3 sep7 sep5 identity identity identity avg3
  max3 identity avg3 sep7 sep5 identity identity avg3 identity identity sep7 identity
  sep3d2 sep7 max3 sep3 identity sep5 avg3 sep3 identity identity max3 avg3
  sep7 avg3 sep5 sep7 avg3 sep3 max3 avg3 sep3 identity max3 max3
  identity avg3 sep7 identity identity sep7 identity avg3 sep5 max3 avg3 sep7
  sep3d2 sep5 identity identity max3 sep5 sep7 sep3d2 sep7 sep5 identity sep3d2
  max3 identity avg3 max3 avg3 max3 sep3d2 identity sep5 avg3 sep3 identity
  sep7 sep5 sep7 sep7 sep7 avg3 sep3d2 sep3 max3 sep7 sep7 avg3
  sep3d2 sep3d2 max3 avg3 sep3d2 sep3 sep7 identity sep3d2 sep3d2 max3 sep5
  avg3 avg3 max3 sep3d2 sep3 max3 sep3d2 sep7 sep3d2 identity avg3 identity
  max3 avg3 sep7 max3 sep3 sep3 sep5 avg3 identity sep3d2 identity sep3
  sep5 sep7 sep3d2 sep3d2 identity max3 max3 sep3 sep5 sep7 max3 identity
  sep7 sep3 max3 sep7 sep3d2 avg3 max3 max3 max3 sep5 sep5 max3
  max3 identity avg3 sep5 sep3d2 sep3 sep5 sep7 sep3 sep3 sep7 sep7
  identity avg3 sep5 sep3 sep7 sep7 identity sep7 sep7 sep7 sep3 avg3
  sep5 sep5 sep3 max3 avg3 identity sep5 avg3 max3 sep5 sep5 identity
  sep3 sep3d2 sep3 max3 max3 avg3 identity max3 sep3d2 sep7 sep3 sep3
  sep7 sep3 max3 sep7 sep5 identity sep5 max3 sep3 max3 sep3 sep7
`;

export const proxylessCifar10 = {
  name: 'proxyless-cifar10',
  description: 'The network of ProxylessNAS for CIFAR-10: 5.73 M parameters, 1213.2 M MACs.',
  extends: 'pyramid-cifar10',
  choose: edges.trim().split(/\s+/),
} satisfies Partial<UserSpace>;
