// A gradient jumps where an activation sits at a kink of its function (0 and 6 of relu6). Which side float32 takes there is
// chance, and no error of anybody.
import type { Tensor } from '@nasc/ir';
import { Random } from '@nasc/random';
import type { Computer } from '../computers/computer.ts';
import { wholeError } from '../errors.ts';
import type { NetworkCase } from './network-case.ts';

/** Some ten times the rounding of float32 and its growth through a network. */
const relativeChange = 1e-6;

/** Whether the gradient in float64 itself moves by more than `error` when parameters move by about float32's rounding. */
export const isAtKink = async (network: NetworkCase, double: Required<Computer>, error: number): Promise<boolean> => {
  const { gradients } = await double.train(network);
  for (let draw = 0; draw < 8; draw++) {
    const random = new Random({ seed: draw, stream: 'conformance.kink' });
    const moved = ({ shape, data }: Tensor): Tensor => ({
      shape,
      data: data.map((value) => value * (1 + relativeChange * random.normal())),
    });
    const parameters = new Map([...network.parameters].map(([id, tensor]) => [id, moved(tensor)]));
    if (wholeError((await double.train({ ...network, parameters })).gradients, gradients) > error) return true;
  }
  return false;
};
