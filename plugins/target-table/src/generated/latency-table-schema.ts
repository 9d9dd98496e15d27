// Generated from schemas/latency-table.schema.json by `npm run generate`; do not edit.

export const latencyTableSchema: Readonly<Record<string, unknown>> = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://nasc.dev/schemas/latency-table.schema.json",
  "title": "LatencyTable",
  "description": "Latencies of a device by block: the file of the target `table`.",
  "type": "object",
  "additionalProperties": false,
  "required": [
    "device",
    "entries"
  ],
  "properties": {
    "$schema": {
      "type": "string",
      "description": "This schema's address, for completion in editors."
    },
    "device": {
      "type": "string",
      "minLength": 1,
      "description": "What the latencies are of: device, runtime, threads. For people."
    },
    "source": {
      "type": "string",
      "description": "Where the numbers come from."
    },
    "extends": {
      "enum": [
        "pixel1"
      ],
      "description": "A built-in table that these entries are added to; an entry here replaces one there."
    },
    "entries": {
      "description": "Latency of each block, by its key: docs/formats.md has the grammar.",
      "hint": "Keys are Conv-..., Conv_1-..., Logits-... and expanded_conv-..., with sizes HxWxC: docs/formats.md has the grammar.",
      "type": "object",
      "additionalProperties": false,
      "patternProperties": {
        "^(Conv(_1)?-input:\\d+x\\d+x\\d+-output:\\d+x\\d+x\\d+|Logits-input:\\d+x\\d+x\\d+-output:\\d+|expanded_conv-input:\\d+x\\d+x\\d+-output:\\d+x\\d+x\\d+-expand:\\d+(\\.\\d+)?-kernel:\\d+-stride:\\d+-idskip:[01])$": {
          "title": "LatencyTableEntry",
          "type": "object",
          "additionalProperties": false,
          "required": [
            "ms"
          ],
          "properties": {
            "ms": {
              "type": "number",
              "minimum": 0,
              "description": "Mean latency of one image, ms, shortcut included."
            },
            "count": {
              "type": "integer",
              "minimum": 1,
              "default": 1,
              "description": "Measurements behind it."
            },
            "variance": {
              "type": "number",
              "minimum": 0,
              "default": 0,
              "description": "Variance of the measurements, ms²."
            }
          }
        }
      }
    }
  }
};
