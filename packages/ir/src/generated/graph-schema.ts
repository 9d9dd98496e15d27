// Generated from schemas/graph.schema.json by `npm run generate`; do not edit.

export const graphSchema: Readonly<Record<string, unknown>> = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://nasc.dev/schemas/graph.schema.json",
  "title": "Graph",
  "description": "The one graph, of search spaces (with choices) and of networks (without). Shapes are per example, [height, width, channels] or [channels]; the batch is an implied leading dimension of every value.",
  "type": "object",
  "required": [
    "inputs",
    "nodes",
    "outputs",
    "groups"
  ],
  "additionalProperties": false,
  "properties": {
    "inputs": {
      "$ref": "#/$defs/inputs"
    },
    "nodes": {
      "type": "array",
      "items": {
        "type": "object",
        "required": [
          "kind"
        ],
        "discriminator": {
          "propertyName": "kind"
        },
        "oneOf": [
          {
            "$ref": "#/$defs/op"
          },
          {
            "$ref": "#/$defs/choice"
          }
        ]
      },
      "description": "In topological order: a node reads inputs and earlier nodes only."
    },
    "outputs": {
      "type": "array",
      "items": {
        "$ref": "#/$defs/id"
      },
      "description": "Ids of the nodes whose values are the result."
    },
    "groups": {
      "type": "array",
      "items": {
        "$ref": "#/$defs/group"
      },
      "description": "The blocks that nodes belong to, in the order of the network."
    }
  },
  "$defs": {
    "id": {
      "type": "string",
      "minLength": 1,
      "description": "Structural and stable: stage2.block1.k5e6.expand."
    },
    "inputs": {
      "type": "array",
      "items": {
        "type": "object",
        "required": [
          "id",
          "type"
        ],
        "additionalProperties": false,
        "properties": {
          "id": {
            "$ref": "#/$defs/id"
          },
          "type": {
            "$ref": "#/$defs/type"
          }
        }
      },
      "description": "Values that come from outside."
    },
    "value": {
      "anyOf": [
        {
          "type": [
            "number",
            "string",
            "boolean",
            "null"
          ]
        },
        {
          "type": "array",
          "items": {
            "$ref": "#/$defs/value"
          }
        },
        {
          "type": "object",
          "additionalProperties": {
            "$ref": "#/$defs/value"
          }
        }
      ]
    },
    "attributes": {
      "type": "object",
      "additionalProperties": {
        "$ref": "#/$defs/value"
      },
      "description": "What the op's or the macro's own schema describes."
    },
    "type": {
      "type": "object",
      "required": [
        "shape",
        "dtype"
      ],
      "additionalProperties": false,
      "description": "Type of a value.",
      "properties": {
        "shape": {
          "type": "array",
          "items": {
            "type": "integer",
            "minimum": 1
          },
          "description": "[H, W, C] of an image, [C] of a vector; without the batch."
        },
        "dtype": {
          "enum": [
            "float32",
            "int8"
          ],
          "description": "Type of each element."
        },
        "quantization": {
          "type": "object",
          "required": [
            "scale",
            "zeroPoint"
          ],
          "additionalProperties": false,
          "description": "real = scale * (stored - zeroPoint).",
          "properties": {
            "scale": {
              "type": "array",
              "items": {
                "type": "number"
              },
              "description": "One, or one an entry of the axis."
            },
            "zeroPoint": {
              "type": "array",
              "items": {
                "type": "number"
              },
              "description": "As many as scales."
            },
            "axis": {
              "type": "integer",
              "minimum": 0,
              "description": "The axis that the scales run along; absent for one scale."
            }
          }
        }
      }
    },
    "group": {
      "type": "object",
      "required": [
        "id",
        "macro",
        "attributes",
        "position",
        "shortcut"
      ],
      "additionalProperties": false,
      "description": "A block of the network.",
      "properties": {
        "id": {
          "$ref": "#/$defs/id"
        },
        "macro": {
          "type": "string",
          "minLength": 1,
          "description": "What the block was made by; \"choice\" in a search space."
        },
        "attributes": {
          "$ref": "#/$defs/attributes"
        },
        "position": {
          "type": "integer",
          "minimum": 0,
          "description": "Ordinal along the network, from 0."
        },
        "shortcut": {
          "type": "boolean",
          "description": "Whether an identity shortcut is added around the block."
        },
        "unit": {
          "$ref": "#/$defs/id"
        }
      }
    },
    "op": {
      "type": "object",
      "required": [
        "kind",
        "id",
        "op",
        "attributes",
        "inputs",
        "type"
      ],
      "additionalProperties": false,
      "description": "One operation with one output.",
      "properties": {
        "kind": {
          "const": "op"
        },
        "id": {
          "$ref": "#/$defs/id"
        },
        "op": {
          "type": "string",
          "minLength": 1,
          "description": "Name of the op."
        },
        "attributes": {
          "$ref": "#/$defs/attributes"
        },
        "inputs": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/id"
          },
          "description": "Ids of inputs of the graph or of nodes."
        },
        "type": {
          "$ref": "#/$defs/type"
        },
        "group": {
          "$ref": "#/$defs/id",
          "description": "Id of the group (block) that the node belongs to."
        },
        "origin": {
          "type": "string",
          "description": "JSON pointer into the config or space file that the node comes from."
        }
      }
    },
    "choice": {
      "type": "object",
      "required": [
        "kind",
        "id",
        "inputs",
        "candidates",
        "type"
      ],
      "additionalProperties": false,
      "description": "A learnable edge: exactly one candidate survives.",
      "properties": {
        "kind": {
          "const": "choice"
        },
        "id": {
          "$ref": "#/$defs/id"
        },
        "inputs": {
          "type": "array",
          "items": {
            "$ref": "#/$defs/id"
          }
        },
        "candidates": {
          "type": "array",
          "items": {
            "type": "object",
            "required": [
              "name",
              "macro",
              "attributes",
              "graph"
            ],
            "additionalProperties": false,
            "properties": {
              "name": {
                "type": "string",
                "minLength": 1,
                "description": "Unique within the choice: k5e6, zero."
              },
              "macro": {
                "type": "string",
                "minLength": 1,
                "description": "What made it."
              },
              "attributes": {
                "$ref": "#/$defs/attributes"
              },
              "graph": {
                "type": "object",
                "required": [
                  "inputs",
                  "nodes",
                  "outputs",
                  "groups"
                ],
                "additionalProperties": false,
                "properties": {
                  "inputs": {
                    "$ref": "#/$defs/inputs"
                  },
                  "nodes": {
                    "type": "array",
                    "items": {
                      "$ref": "#/$defs/op"
                    },
                    "description": "In topological order: a node reads inputs and earlier nodes only."
                  },
                  "outputs": {
                    "type": "array",
                    "items": {
                      "$ref": "#/$defs/id"
                    },
                    "description": "Ids of the nodes whose values are the result."
                  },
                  "groups": {
                    "type": "array",
                    "items": {
                      "$ref": "#/$defs/group"
                    },
                    "description": "The blocks that nodes belong to, in the order of the network."
                  }
                },
                "description": "Its region; the region's inputs stand for those of the choice."
              }
            }
          },
          "description": "In the order of every per-candidate list."
        },
        "type": {
          "$ref": "#/$defs/type"
        },
        "group": {
          "$ref": "#/$defs/id",
          "description": "Id of the group (block) that the node belongs to."
        },
        "origin": {
          "type": "string",
          "description": "JSON pointer into the config or space file that the node comes from."
        }
      }
    }
  }
};
