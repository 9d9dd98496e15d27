// MobileNetV3's ingredients (Howard et al., 2019) for small images: squeeze-and-excitation and hSwish as candidates beside plain MBConv.
import type { UserSpace } from '@nasc/config';

export const mobileSe = {
  name: 'mobile-se',
  description: 'mobile-small with hSwish and, in half of the candidates, squeeze-and-excitation; for images of 28 to 64 pixels.',
  extends: 'mobile-small',
  activation: 'hSwish',
  candidates: [
    { macro: 'mbConv', kernel: 3, expansion: 1 },
    { macro: 'mbConv', kernel: 3, expansion: 3 },
    { macro: 'mbConv', kernel: 3, expansion: 3, squeezeExcite: true },
    { macro: 'mbConv', kernel: 3, expansion: 6 },
    { macro: 'mbConv', kernel: 3, expansion: 6, squeezeExcite: true },
    { macro: 'mbConv', kernel: 5, expansion: 3, squeezeExcite: true },
    { macro: 'mbConv', kernel: 5, expansion: 6 },
    { macro: 'mbConv', kernel: 5, expansion: 6, squeezeExcite: true },
  ],
} satisfies Partial<UserSpace>;
