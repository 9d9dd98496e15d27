// Generated from schemas/space.schema.json by `npm run generate`; do not edit.

export const spaceSchema: Readonly<Record<string, unknown>> = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://nasc.dev/schemas/space.schema.json",
  "title": "Space",
  "description": "A search space as data: a stem, stages of blocks (each a choice among candidates, or fixed), and a head. Sizes follow from the task's images.",
  "type": "object",
  "additionalProperties": false,
  "if": {
    "required": [
      "extends"
    ]
  },
  "else": {
    "required": [
      "name",
      "stem",
      "stages",
      "head"
    ]
  },
  "properties": {
    "$schema": {
      "type": "string",
      "description": "This schema's address, for completion in editors."
    },
    "extends": {
      "type": "string",
      "minLength": 1,
      "description": "The space that this one is made of: a named one, or the path of a JSON file, from the folder of this one. What is given here stands instead of what it has; \"input\", \"batchNorm\" and \"choose\" are joined key by key."
    },
    "name": {
      "type": "string",
      "minLength": 1,
      "description": "The space's name."
    },
    "description": {
      "type": "string",
      "description": "One or two sentences."
    },
    "input": {
      "title": "SpaceInput",
      "description": "The image sizes that the space is meant for.",
      "type": "object",
      "additionalProperties": false,
      "default": {},
      "properties": {
        "resolution": {
          "type": "integer",
          "minimum": 1,
          "description": "Height and width that images are resized to; the data set's own size when absent."
        },
        "minimum": {
          "type": "integer",
          "minimum": 1,
          "description": "Smallest height and width."
        },
        "maximum": {
          "type": "integer",
          "minimum": 1,
          "description": "Largest height and width."
        },
        "channels": {
          "type": "integer",
          "minimum": 1,
          "description": "Channels used where a space is inspected without a data set."
        },
        "classes": {
          "type": "integer",
          "minimum": 2,
          "description": "Classes used where a space is inspected without a data set."
        }
      }
    },
    "widthMultiplier": {
      "type": "number",
      "exclusiveMinimum": 0,
      "maximum": 64,
      "default": 1,
      "description": "Scales every width, rounded to a multiple of 8."
    },
    "batchNorm": {
      "title": "BatchNormSettings",
      "description": "Settings of every batch normalisation.",
      "type": "object",
      "additionalProperties": false,
      "default": {},
      "properties": {
        "momentum": {
          "type": "number",
          "exclusiveMinimum": 0,
          "maximum": 1,
          "default": 0.1,
          "description": "Share of the new statistics in the running ones."
        },
        "epsilon": {
          "type": "number",
          "exclusiveMinimum": 0,
          "default": 0.001,
          "description": "Added to the variance."
        }
      }
    },
    "activation": {
      "type": "string",
      "default": "relu6",
      "description": "Op used after stem, head and inside blocks that do not name their own."
    },
    "choose": {
      "description": "Candidates that are chosen already, by name: in the order of the choices (null leaves one open, and so does the end of the list), or by block, or by choice where a block has several. With all of them the space is a network.",
      "anyOf": [
        {
          "type": "array",
          "items": {
            "anyOf": [
              {
                "type": "string"
              },
              {
                "type": "null"
              }
            ]
          }
        },
        {
          "type": "object",
          "additionalProperties": {
            "type": "string"
          }
        }
      ]
    },
    "stem": {
      "type": "array",
      "minItems": 1,
      "description": "Fixed blocks before the stages.",
      "items": {
        "$ref": "#/$defs/block"
      }
    },
    "stages": {
      "type": "array",
      "minItems": 1,
      "description": "Blocks of one width; the first block of a stage carries its stride.",
      "items": {
        "title": "Stage",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "width",
          "blocks"
        ],
        "properties": {
          "name": {
            "type": "string",
            "description": "Prefix of the ids of its nodes; stage1, stage2, ... when absent."
          },
          "width": {
            "description": "Channels out: of every block, or a list with one number a block.",
            "anyOf": [
              {
                "$ref": "#/$defs/width"
              },
              {
                "type": "array",
                "minItems": 1,
                "items": {
                  "$ref": "#/$defs/width"
                }
              }
            ]
          },
          "blocks": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1000,
            "description": "Number of blocks."
          },
          "stride": {
            "type": "integer",
            "minimum": 1,
            "maximum": 4,
            "default": 1,
            "description": "Stride of the first block."
          },
          "candidates": {
            "type": "array",
            "minItems": 1,
            "description": "The stage's own candidates instead of the space's.",
            "items": {
              "$ref": "#/$defs/candidate"
            }
          },
          "zero": {
            "enum": [
              "where-shortcut",
              "never"
            ],
            "default": "where-shortcut",
            "description": "Whether Zero is appended to the candidates of blocks with a shortcut, so that depth is searched."
          },
          "block": {
            "title": "StageBlockSpec",
            "description": "A macro that makes whole blocks, shortcut included, instead of a choice with a shortcut: treeBlock. Its learnable edges take the candidates; width and stride come from the stage.",
            "type": "object",
            "required": [
              "macro"
            ],
            "properties": {
              "macro": {
                "type": "string",
                "minLength": 1,
                "description": "Name of a registered macro, e.g. treeBlock."
              }
            },
            "additionalProperties": true
          }
        }
      }
    },
    "candidates": {
      "type": "array",
      "minItems": 1,
      "description": "Candidates of every block of every stage without its own.",
      "items": {
        "$ref": "#/$defs/candidate"
      }
    },
    "head": {
      "type": "array",
      "minItems": 1,
      "description": "Fixed blocks after the stages; the last one gives the logits.",
      "items": {
        "$ref": "#/$defs/block"
      }
    }
  },
  "$defs": {
    "width": {
      "title": "Width",
      "type": "integer",
      "minimum": 1,
      "maximum": 65536,
      "description": "Channels out."
    },
    "candidate": {
      "title": "CandidateSpec",
      "description": "A macro with its attributes. Width and stride come from the stage.",
      "type": "object",
      "required": [
        "macro"
      ],
      "properties": {
        "name": {
          "type": "string",
          "minLength": 1,
          "description": "Short name, unique within the choice; made from the attributes when absent."
        },
        "macro": {
          "type": "string",
          "minLength": 1,
          "description": "Name of a registered macro, e.g. mbConv."
        }
      },
      "additionalProperties": true
    },
    "block": {
      "title": "BlockSpec",
      "description": "A fixed block: a macro with its attributes.",
      "type": "object",
      "required": [
        "macro"
      ],
      "properties": {
        "name": {
          "type": "string",
          "minLength": 1,
          "description": "Prefix of the ids of its nodes."
        },
        "macro": {
          "type": "string",
          "minLength": 1,
          "description": "Name of a registered macro, e.g. convBnAct."
        },
        "width": {
          "type": "integer",
          "minimum": 1,
          "maximum": 65536,
          "description": "Channels out; scaled by the width multiplier."
        },
        "scaleDown": {
          "type": "boolean",
          "default": true,
          "description": "Whether a width multiplier below 1 scales this width too."
        }
      },
      "additionalProperties": true
    }
  }
};
