// Squeeze-and-excitation (Hu et al., 2018) as in MobileNetV3 (Howard et al., 2019): each channel is scaled by a gate
// that is computed from the means of all channels.
import type { GraphBuilder, NodeId } from '@nasc/ir';
import { channelsIn } from './block-attributes.ts';

/** Channels of the bottleneck as a share of those that are gated. */
const reduction = 4;

/** x * hSigmoid(W2 relu(W1 mean(x))), [H, W, C] -> [H, W, C]; nodes are called squeeze, squeezeReduce, ... */
export const squeezeExcite = (builder: GraphBuilder, input: NodeId): NodeId => {
  const channels = channelsIn(builder, input);
  const means = builder.op('squeeze', 'globalAvgPool', [input]); // [C]
  const reduced = builder.op('squeezeReduce', 'linear', [means], { width: Math.max(1, Math.round(channels / reduction)) });
  const active = builder.op('squeezeAct', 'relu', [reduced]);
  const expanded = builder.op('squeezeExpand', 'linear', [active], { width: channels }); // [C]
  const gate = builder.op('squeezeGate', 'hSigmoid', [expanded]);
  return builder.op('squeezeScale', 'mul', [input, gate]);
};
