// The candidate that does nothing.
import { defineMacro, float32, inferenceError } from '@nasc/ir';
import { strideSchema, widthSchema } from './shared/block-attributes.ts';
import { requireSameWidth } from './shared/same-width.ts';

export interface IdentityMacroAttributes {
  readonly stride?: number;
  readonly width?: number;
}

export const identityMacro = defineMacro<IdentityMacroAttributes>({
  name: 'identity',
  doc: 'y = x; only where size and width stay.',
  attributesSchema: { type: 'object', properties: { stride: strideSchema, width: widthSchema }, additionalProperties: false },
  label: () => 'identity',
  expand(builder, [input], { stride = 1, width }) {
    if (stride !== 1) inferenceError(`identity keeps the size; it cannot have stride ${stride}`);
    requireSameWidth(builder, 'identity', input!, width);
    return builder.op('identity', 'identity', [input!]);
  },
  examples: [{ name: 'image', attributes: {}, inputs: [float32(4, 4, 3)] }],
});
