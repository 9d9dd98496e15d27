// JSON schema of a graph: the form in which search spaces and networks lie on disk.

const id = { type: 'string', minLength: 1 };
const ids = { type: 'array', items: id };
const attributes = { type: 'object', additionalProperties: { $ref: '#/$defs/value' } };
const marks = { group: id, origin: { type: 'string' } };

const graphOf = (node: object) => ({
  type: 'object',
  required: ['inputs', 'nodes', 'outputs', 'groups'],
  properties: {
    inputs: {
      type: 'array',
      items: { type: 'object', required: ['id', 'type'], properties: { id, type: { $ref: '#/$defs/type' } }, additionalProperties: false },
    },
    nodes: { type: 'array', items: node },
    outputs: ids,
    groups: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'macro', 'attributes', 'position', 'shortcut'],
        properties: { id, macro: id, attributes, position: { type: 'integer', minimum: 0 }, shortcut: { type: 'boolean' } },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
});

export const graphSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Graph',
  ...graphOf({
    type: 'object',
    required: ['kind'],
    // By kind, so that only the problems of the node's own kind are told.
    discriminator: { propertyName: 'kind' },
    oneOf: [{ $ref: '#/$defs/op' }, { $ref: '#/$defs/choice' }],
  }),
  $defs: {
    value: {
      anyOf: [
        { type: ['number', 'string', 'boolean', 'null'] },
        { type: 'array', items: { $ref: '#/$defs/value' } },
        { type: 'object', additionalProperties: { $ref: '#/$defs/value' } },
      ],
    },
    type: {
      type: 'object',
      required: ['shape', 'dtype'],
      properties: {
        shape: { type: 'array', items: { type: 'integer', minimum: 1 } },
        dtype: { enum: ['float32', 'int8'] },
        quantization: {
          type: 'object',
          required: ['scale', 'zeroPoint'],
          properties: {
            scale: { type: 'array', items: { type: 'number' } },
            zeroPoint: { type: 'array', items: { type: 'number' } },
            axis: { type: 'integer', minimum: 0 },
          },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
    op: {
      type: 'object',
      required: ['kind', 'id', 'op', 'attributes', 'inputs', 'type'],
      properties: { kind: { const: 'op' }, id, op: id, attributes, inputs: ids, type: { $ref: '#/$defs/type' }, ...marks },
      additionalProperties: false,
    },
    choice: {
      type: 'object',
      required: ['kind', 'id', 'inputs', 'candidates', 'type'],
      properties: {
        kind: { const: 'choice' },
        id,
        inputs: ids,
        candidates: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name', 'macro', 'attributes', 'graph'],
            properties: { name: id, macro: id, attributes, graph: graphOf({ $ref: '#/$defs/op' }) },
            additionalProperties: false,
          },
        },
        type: { $ref: '#/$defs/type' },
        ...marks,
      },
      additionalProperties: false,
    },
  },
} as const;
