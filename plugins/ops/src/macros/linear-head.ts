// The end of a classifier: mean over all pixels, then one linear layer to the classes.
import { defineMacro, float32 } from '@nasc/ir';

export interface LinearHeadAttributes {
  /** Comes from the data set. */
  readonly classes: number;
  readonly dropout?: number;
}

export const linearHead = defineMacro<LinearHeadAttributes>({
  name: 'linearHead',
  doc: 'Global average pooling, dropout where a rate is given, linear layer with bias to the classes.',
  attributesSchema: {
    type: 'object',
    properties: {
      classes: { type: 'integer', minimum: 1, description: 'Number of classes.' },
      dropout: {
        type: 'number',
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0,
        description: 'Probability that a feature is dropped in training.',
      },
    },
    required: ['classes'],
    additionalProperties: false,
  },
  expand(builder, [input], { classes, dropout = 0 }) {
    const pooled = builder.op('pool', 'globalAvgPool', [input!]);
    const kept = dropout > 0 ? builder.op('dropout', 'dropout', [pooled], { rate: dropout }) : pooled;
    return builder.op('logits', 'linear', [kept], { width: classes });
  },
  examples: [
    { name: 'to 10 classes', attributes: { classes: 10 }, inputs: [float32(4, 4, 8)] },
    { name: 'with dropout', attributes: { classes: 3, dropout: 0.2 }, inputs: [float32(2, 2, 4)] },
  ],
});
