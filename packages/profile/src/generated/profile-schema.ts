// Generated from schemas/profile.schema.json by `npm run generate`; do not edit.

export const profileSchema: Readonly<Record<string, unknown>> = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://nasc.dev/schemas/profile.schema.json",
  "title": "Profile",
  "description": "What was measured of a device, or is known of it otherwise: the file that `nasc profile` writes and reads.",
  "type": "object",
  "additionalProperties": false,
  "required": [
    "device",
    "protocol",
    "blocks",
    "spaces"
  ],
  "properties": {
    "$schema": {
      "type": "string",
      "description": "This schema's address, for completion in editors."
    },
    "device": {
      "title": "ProfiledDevice",
      "description": "What the latencies are of.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "id",
        "description"
      ],
      "properties": {
        "id": {
          "type": "string",
          "minLength": 1,
          "description": "Another id for everything that changes speed: processor, threads, vector width, versions."
        },
        "description": {
          "type": "string",
          "minLength": 1,
          "description": "For people."
        }
      }
    },
    "target": {
      "title": "ProfiledTarget",
      "description": "The target that it was measured through, with its options; absent where latencies come from elsewhere.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "name",
        "options"
      ],
      "properties": {
        "name": {
          "type": "string",
          "minLength": 1,
          "description": "Name of the target."
        },
        "options": {
          "type": "object",
          "description": "Options of the target."
        }
      }
    },
    "source": {
      "type": "string",
      "description": "Where numbers come from that were not measured by nasc."
    },
    "protocol": {
      "description": "How the values were obtained: method, version, numbers of networks and repeated batches, and what the target adds.",
      "type": "object",
      "additionalProperties": {
        "type": [
          "number",
          "string"
        ]
      }
    },
    "conditions": {
      "title": "ProfileConditions",
      "description": "The machine before and after.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "before",
        "after"
      ],
      "properties": {
        "before": {
          "$ref": "#/$defs/conditions"
        },
        "after": {
          "$ref": "#/$defs/conditions"
        }
      }
    },
    "blocks": {
      "description": "Latency of each block by its key, wherever it stands. docs/latency.md has the grammar of keys.",
      "hint": "A key is the macro's name, its sizes, and its attributes: docs/latency.md has the grammar.",
      "type": "object",
      "additionalProperties": {
        "$ref": "#/$defs/block"
      }
    },
    "spaces": {
      "description": "Whole networks, by search space.",
      "type": "array",
      "items": {
        "$ref": "#/$defs/space"
      }
    }
  },
  "$defs": {
    "conditions": {
      "title": "DeviceConditions",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "time"
      ],
      "properties": {
        "time": {
          "type": "string",
          "description": "ISO 8601."
        },
        "load": {
          "type": "number",
          "description": "Runnable processes, mean over a minute."
        },
        "governor": {
          "type": "string",
          "description": "Of the processor's frequency."
        },
        "frequencyMHz": {
          "type": "number",
          "description": "Of the first core."
        },
        "temperatureC": {
          "type": "number",
          "description": "Of the first sensor."
        }
      }
    },
    "block": {
      "title": "ProfiledBlock",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "ms"
      ],
      "properties": {
        "ms": {
          "type": "number",
          "minimum": 0,
          "description": "Latency of one image, ms, a shortcut's addition included."
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
        },
        "macs": {
          "type": "number",
          "minimum": 0,
          "description": "Multiply-accumulates of one image."
        },
        "parameters": {
          "type": "number",
          "minimum": 0,
          "description": "Trained values."
        },
        "activationBytes": {
          "type": "number",
          "minimum": 0,
          "description": "Of the block's inputs and output."
        }
      }
    },
    "space": {
      "title": "ProfiledSpace",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "name",
        "choices",
        "fixed",
        "networks"
      ],
      "properties": {
        "name": {
          "type": "string",
          "description": "Name of the search space."
        },
        "choices": {
          "description": "Choices in their order, each with its candidates.",
          "type": "array",
          "items": {
            "title": "ProfiledChoice",
            "type": "object",
            "additionalProperties": false,
            "required": [
              "id",
              "candidates"
            ],
            "properties": {
              "id": {
                "type": "string",
                "description": "Id of the choice."
              },
              "candidates": {
                "type": "array",
                "minItems": 1,
                "items": {
                  "title": "ProfiledCandidate",
                  "type": "object",
                  "additionalProperties": false,
                  "required": [
                    "name"
                  ],
                  "properties": {
                    "name": {
                      "type": "string",
                      "description": "Unique in its choice."
                    },
                    "key": {
                      "type": "string",
                      "description": "Of the block; absent where only the number of candidates is known."
                    }
                  }
                }
              }
            }
          }
        },
        "fixed": {
          "description": "What every network has besides: units, each with the keys of its blocks.",
          "type": "array",
          "items": {
            "title": "ProfiledUnit",
            "type": "object",
            "additionalProperties": false,
            "required": [
              "id",
              "keys"
            ],
            "properties": {
              "id": {
                "type": "string"
              },
              "keys": {
                "type": "array",
                "items": {
                  "type": "string"
                }
              }
            }
          }
        },
        "reference": {
          "title": "ProfiledReference",
          "description": "The network that was timed before and after every group of networks: to its usual speed all are normalised. Imported measurements may not say which one it was.",
          "type": "object",
          "additionalProperties": false,
          "required": [
            "ms",
            "noise"
          ],
          "properties": {
            "choices": {
              "$ref": "#/$defs/path"
            },
            "ms": {
              "type": "number",
              "exclusiveMinimum": 0,
              "description": "Median of its measurements, ms."
            },
            "noise": {
              "type": "number",
              "minimum": 0,
              "description": "Robust standard deviation of one of its measurements, as a share."
            }
          }
        },
        "networks": {
          "description": "The measurements, as they were taken.",
          "type": "array",
          "items": {
            "title": "ProfiledNetwork",
            "type": "object",
            "additionalProperties": false,
            "required": [
              "choices",
              "ms"
            ],
            "properties": {
              "choices": {
                "$ref": "#/$defs/path"
              },
              "ms": {
                "type": "number",
                "exclusiveMinimum": 0,
                "description": "Latency of one image, ms."
              },
              "referenceMs": {
                "type": "number",
                "exclusiveMinimum": 0,
                "description": "What the reference took before and after, mean, ms."
              },
              "samples": {
                "type": "integer",
                "minimum": 1,
                "description": "Runs behind `ms`, where whoever measured it says so."
              },
              "blocksMs": {
                "description": "The same network by block: by choice, then by fixed unit; 0 where nothing is computed.",
                "type": "array",
                "items": {
                  "type": "number",
                  "minimum": 0
                }
              }
            }
          }
        }
      }
    },
    "path": {
      "description": "Index of the candidate per choice.",
      "type": "array",
      "items": {
        "type": "integer",
        "minimum": 0
      }
    }
  }
};
