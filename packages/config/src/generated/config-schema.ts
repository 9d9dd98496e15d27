// Generated from schemas/config.schema.json by `npm run generate`; do not edit.

export const configSchema: Readonly<Record<string, unknown>> = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://nasc.dev/schemas/config.schema.json",
  "title": "Config",
  "description": "What a user writes: task, search space, targets and constraints; everything else has a default.",
  "type": "object",
  "additionalProperties": false,
  "required": [
    "task",
    "space",
    "targets"
  ],
  "properties": {
    "$schema": {
      "type": "string",
      "description": "This schema's address, for completion in editors."
    },
    "extends": {
      "description": "What this config goes over: a preset by name (proxyless-imagenet), the path of a JSON config, or several, the first at the bottom. Objects are merged, lists replaced.",
      "anyOf": [
        {
          "type": "string",
          "minLength": 1
        },
        {
          "type": "array",
          "items": {
            "type": "string",
            "minLength": 1
          }
        }
      ]
    },
    "task": {
      "title": "TaskConfig",
      "description": "What the network is for.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "dataset"
      ],
      "properties": {
        "dataset": {
          "description": "Name of a data set plugin, or { name, ...options }.",
          "$ref": "#/$defs/named"
        },
        "searchImages": {
          "type": "integer",
          "minimum": 1,
          "description": "Training images used by warm-up and search; all when absent. Retraining always uses all."
        },
        "archValidationImages": {
          "type": "integer",
          "minimum": 1,
          "default": 3000,
          "description": "Training images held out for the gates, balanced over classes."
        },
        "scoringImages": {
          "type": "integer",
          "minimum": 1,
          "default": 2000,
          "description": "Training images held out for ranking networks; they train neither weights nor gates."
        },
        "augmentation": {
          "title": "AugmentationConfig",
          "description": "Random transformations of training images.",
          "type": "object",
          "additionalProperties": false,
          "default": {},
          "properties": {
            "flip": {
              "type": "boolean",
              "description": "Mirror left to right with probability 1/2. The data set's own default when absent."
            },
            "crop": {
              "type": "integer",
              "minimum": 0,
              "maximum": 16,
              "description": "Zero-pad by this many pixels and crop back at a random offset. The data set's own default when absent, 0 with randomResizedCrop."
            },
            "randomResizedCrop": {
              "description": "Resize a random part of each image to the whole input, or false. The data set's own default when absent, off with crop.",
              "anyOf": [
                {
                  "type": "boolean",
                  "const": false
                },
                {
                  "title": "RandomResizedCropConfig",
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "scale": {
                      "type": "array",
                      "minItems": 2,
                      "maxItems": 2,
                      "items": {
                        "type": "number",
                        "minimum": 0.01,
                        "maximum": 1
                      },
                      "description": "Least and greatest share of the image's area; [0.08, 1] when absent."
                    },
                    "ratio": {
                      "type": "array",
                      "minItems": 2,
                      "maxItems": 2,
                      "items": {
                        "type": "number",
                        "minimum": 0.1,
                        "maximum": 10
                      },
                      "description": "Least and greatest width / height; [3/4, 4/3] when absent."
                    }
                  }
                }
              ]
            },
            "colourJitter": {
              "description": "Change the colours by random amounts in a random order, or false. The data set's own default when absent.",
              "anyOf": [
                {
                  "type": "boolean",
                  "const": false
                },
                {
                  "title": "ColourJitterConfig",
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "brightness": {
                      "type": "number",
                      "minimum": 0,
                      "maximum": 1,
                      "description": "x: factor in [1 - x, 1 + x]; 0 when absent."
                    },
                    "contrast": {
                      "type": "number",
                      "minimum": 0,
                      "maximum": 1,
                      "description": "x: factor in [1 - x, 1 + x]; 0 when absent."
                    },
                    "saturation": {
                      "type": "number",
                      "minimum": 0,
                      "maximum": 1,
                      "description": "x: factor in [1 - x, 1 + x]; 0 when absent. Nothing on grey images."
                    },
                    "hue": {
                      "type": "number",
                      "minimum": 0,
                      "maximum": 0.5,
                      "description": "x: turn of the colour circle in [-x, x]; 0 when absent. Nothing on grey images."
                    }
                  }
                }
              ]
            },
            "cutout": {
              "type": "integer",
              "minimum": 0,
              "maximum": 256,
              "description": "Side in pixels of a square that hides a random place of each image. The data set's own default when absent."
            },
            "mixup": {
              "type": "number",
              "minimum": 0,
              "maximum": 32,
              "description": "Blend each image and target with another of its batch, by a share drawn from Beta(mixup, mixup). The data set's own default when absent."
            }
          }
        },
        "normalisation": {
          "title": "NormalisationConfig",
          "description": "Of pixels from 0 to 1, by channel: (pixel - mean) / std. Computed from the training images when absent; weights from elsewhere want what they were trained with.",
          "type": "object",
          "additionalProperties": false,
          "required": [
            "mean",
            "std"
          ],
          "properties": {
            "mean": {
              "type": "array",
              "minItems": 1,
              "items": {
                "type": "number"
              },
              "description": "One value a channel."
            },
            "std": {
              "type": "array",
              "minItems": 1,
              "items": {
                "type": "number",
                "exclusiveMinimum": 0
              },
              "description": "One value a channel."
            }
          }
        },
        "evaluationCrop": {
          "type": "number",
          "minimum": 0.25,
          "maximum": 1,
          "description": "Share of the resized image's sides that the centre crop keeps wherever nothing is random: 0.875 resizes to 256 and crops 224; 1 keeps all that fits. The data set's own when absent."
        }
      }
    },
    "space": {
      "description": "A named space, the path of a JSON file (a space, or a network as net.config), or the space itself.",
      "anyOf": [
        {
          "type": "string",
          "minLength": 1
        },
        {
          "type": "object"
        }
      ]
    },
    "targets": {
      "description": "Names of target plugins, or { name, ...options }.",
      "type": "array",
      "minItems": 1,
      "items": {
        "$ref": "#/$defs/target"
      }
    },
    "constraints": {
      "description": "Limits that the chosen network has to keep on every target; a list gives a network for each.",
      "default": {},
      "anyOf": [
        {
          "$ref": "#/$defs/limits"
        },
        {
          "type": "array",
          "minItems": 1,
          "items": {
            "$ref": "#/$defs/limits"
          }
        }
      ]
    },
    "plugins": {
      "description": "Packages, paths or plugin values, set up after the built-in ones.",
      "type": "array",
      "default": [],
      "items": {}
    },
    "engine": {
      "description": "Name of the training engine, or of one each for warm-up and for what follows. auto: one that found a GPU, else the native one.",
      "default": "auto",
      "anyOf": [
        {
          "type": "string",
          "minLength": 1
        },
        {
          "title": "EnginesConfig",
          "type": "object",
          "additionalProperties": false,
          "required": [
            "train",
            "derive"
          ],
          "properties": {
            "train": {
              "type": "string",
              "minLength": 1,
              "description": "Engine of the warm-up."
            },
            "derive": {
              "type": "string",
              "minLength": 1,
              "description": "Engine of search, scoring and retraining."
            }
          }
        }
      ]
    },
    "threads": {
      "type": "integer",
      "minimum": 1,
      "maximum": 1024,
      "description": "Compute threads; all cores when absent. Never changes a result."
    },
    "dataWorkers": {
      "type": "integer",
      "minimum": 0,
      "maximum": 64,
      "description": "Threads that decode and transform images, beside the compute threads: when absent, as many as cores, but at most 3. 0 does it on the main thread. Never changes a result."
    },
    "dataCache": {
      "title": "DataCacheConfig",
      "description": "Decoded images that are kept, so that they are not decoded in every epoch. Never changes a result.",
      "type": "object",
      "additionalProperties": false,
      "default": {},
      "properties": {
        "memoryMiB": {
          "type": "integer",
          "minimum": 0,
          "default": 1024,
          "description": "In memory, for the time of a run."
        },
        "diskMiB": {
          "type": "integer",
          "minimum": 0,
          "default": 8192,
          "description": "On disk, for later runs, too: of data sets that are image files."
        },
        "folder": {
          "type": "string",
          "minLength": 1,
          "description": "Where; in cacheDir when absent."
        }
      }
    },
    "seed": {
      "type": "integer",
      "minimum": 0,
      "maximum": 4294967295,
      "default": 0,
      "description": "Seed of every random number."
    },
    "outDir": {
      "type": "string",
      "default": "nasc-out",
      "description": "Where the final files are written."
    },
    "cacheDir": {
      "type": "string",
      "default": ".nasc",
      "description": "Where artifacts are kept."
    },
    "train": {
      "title": "TrainConfig",
      "description": "Warm-up of the shared weights, one uniformly sampled path a step.",
      "type": "object",
      "additionalProperties": false,
      "default": {},
      "properties": {
        "epochs": {
          "type": "number",
          "minimum": 0,
          "default": 6,
          "description": "Epochs of warm-up."
        },
        "batchSize": {
          "type": "integer",
          "minimum": 2,
          "default": 64,
          "description": "Images a step."
        },
        "optimizer": {
          "$ref": "#/$defs/optimizer",
          "default": {
            "learningRate": 0.35
          }
        },
        "labelSmoothing": {
          "type": "number",
          "minimum": 0,
          "maximum": 0.5,
          "default": 0.1,
          "description": "Share of the target spread over all classes."
        }
      }
    },
    "annotate": {
      "title": "AnnotateConfig",
      "description": "Latency of every candidate.",
      "type": "object",
      "additionalProperties": false,
      "default": {},
      "properties": {
        "predictor": {
          "$ref": "#/$defs/named",
          "default": "corrected",
          "description": "Name of the latency predictor, or { name, ...options }: table (what was measured of each block), corrected (that, corrected by whole networks), learned (unknown blocks from known ones), transfer (few networks, and profiles of other devices). docs/latency.md has them all."
        },
        "profiles": {
          "type": "array",
          "items": {
            "type": "string",
            "minLength": 1
          },
          "default": [],
          "description": "Files of `nasc profile`. One of the target's own device stands for measuring; those of other devices are what a predictor may start from. A path starts from the folder of the config."
        },
        "method": {
          "enum": [
            "in-place",
            "whole",
            "isolated"
          ],
          "default": "in-place",
          "description": "What is timed: sampled networks with the blocks inside them; sampled networks as wholes alone; or, quickly and less true, each block by itself."
        },
        "seconds": {
          "type": "number",
          "exclusiveMinimum": 0,
          "default": 30,
          "description": "About how long the timing may take, what it takes to build aside. More networks are timed in more time."
        },
        "networks": {
          "type": "integer",
          "minimum": 1,
          "description": "How many whole networks are timed; when absent, what the predictor asks for, or as many as the time allows."
        }
      }
    },
    "derive": {
      "title": "DeriveConfig",
      "description": "Search, selection and retraining.",
      "type": "object",
      "additionalProperties": false,
      "default": {},
      "properties": {
        "strategy": {
          "$ref": "#/$defs/named",
          "default": "proxyless-gradient",
          "description": "Name of the search strategy, or { name, ...options }."
        },
        "select": {
          "title": "SelectConfig",
          "description": "How the architecture is taken from the search's result.",
          "type": "object",
          "additionalProperties": false,
          "default": {},
          "properties": {
            "method": {
              "enum": [
                "knapsack",
                "argmax"
              ],
              "default": "knapsack",
              "description": "Best networks under the limit by exact dynamic programming, or the most probable candidate of each choice (the paper)."
            },
            "candidates": {
              "type": "integer",
              "minimum": 1,
              "default": 8,
              "description": "Networks re-ranked by cross-entropy under shared weights."
            },
            "rounds": {
              "type": "integer",
              "minimum": 1,
              "default": 4,
              "description": "Times the cost model is corrected by a measurement."
            }
          }
        },
        "front": {
          "title": "FrontConfig",
          "description": "The accuracy-latency front of a search, made by `nasc front` alone.",
          "type": "object",
          "additionalProperties": false,
          "default": {},
          "properties": {
            "points": {
              "type": "integer",
              "minimum": 2,
              "default": 12,
              "description": "Latency limits, evenly spaced in the logarithm from the fastest to the slowest network; the limit of the search is one more."
            },
            "limitsMs": {
              "type": "array",
              "minItems": 1,
              "items": {
                "type": "number",
                "exclusiveMinimum": 0
              },
              "description": "Latency limits to be taken instead, ms."
            },
            "candidates": {
              "type": "integer",
              "minimum": 1,
              "default": 8,
              "description": "Networks of each limit that are scored under shared weights."
            }
          }
        },
        "retrain": {
          "title": "RetrainConfig",
          "description": "Training of the chosen network to completion.",
          "type": "object",
          "additionalProperties": false,
          "default": {},
          "properties": {
            "from": {
              "anyOf": [
                {
                  "enum": [
                    "scratch",
                    "shared"
                  ]
                },
                {
                  "type": "string",
                  "pattern": "\\.safetensors$"
                }
              ],
              "default": "scratch",
              "description": "Initial weights: new ones (scratch), the supernet's (shared), or those of a safetensors file, by PyTorch's names or nasc's. With 0 epochs a file's weights are evaluated and exported as they are.",
              "hint": "\"scratch\", \"shared\", or the path of a file that ends in .safetensors."
            },
            "epochs": {
              "type": "number",
              "minimum": 0,
              "default": 10,
              "description": "Epochs over all training images."
            },
            "batchSize": {
              "type": "integer",
              "minimum": 2,
              "default": 64,
              "description": "Images a step."
            },
            "optimizer": {
              "$ref": "#/$defs/optimizer",
              "default": {
                "learningRate": 0.1
              }
            },
            "labelSmoothing": {
              "type": "number",
              "minimum": 0,
              "maximum": 0.5,
              "default": 0.1,
              "description": "Share of the target spread over all classes."
            },
            "dropout": {
              "type": "number",
              "minimum": 0,
              "exclusiveMaximum": 1,
              "description": "Probability that a feature before the last layer is dropped in training; as the space's head has it when absent. Published: 0.1 to 0.3."
            },
            "dropPath": {
              "type": "number",
              "minimum": 0,
              "exclusiveMaximum": 1,
              "default": 0,
              "description": "Probability that the branch of the last residual block is left out in training; of block l of L it is l/L of that (stochastic depth)."
            },
            "ema": {
              "type": "number",
              "minimum": 0,
              "exclusiveMaximum": 1,
              "description": "Decay of a moving average of the weights, e.g. 0.999; the averaged weights are the result. At step t, from 0, at most (1 + t) / (10 + t). None when absent."
            },
            "distillation": {
              "$ref": "#/$defs/distillation"
            }
          }
        }
      }
    },
    "export": {
      "title": "ExportConfig",
      "description": "The ONNX file.",
      "type": "object",
      "additionalProperties": false,
      "default": {},
      "properties": {
        "opset": {
          "type": "integer",
          "minimum": 13,
          "maximum": 26,
          "default": 15,
          "description": "ONNX operator set, 13 to 26. The file's IR version is that of the ONNX release that the set came with.",
          "hint": "Leave it out: nearly every runtime reads operator set 15. A runtime that supports a later set reads the earlier ones too."
        },
        "dynamicBatch": {
          "type": "boolean",
          "default": true,
          "description": "Whether the model takes any number of images at once (dimension \"batch\"), or one."
        },
        "verifyImages": {
          "type": "integer",
          "minimum": 1,
          "default": 256,
          "description": "Real test images on which the outputs are compared."
        }
      }
    }
  },
  "$defs": {
    "distillation": {
      "title": "DistillationConfig",
      "description": "A larger network of the space is trained first, by the same recipe, and what it says of each training image is part of the target. It is stored: another weight, temperature or number of epochs of the student does not train it again.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "teacher": {
          "default": "largest",
          "description": "The network with the most MACs, or one candidate a choice, by name or by index from 0, in the order of the choices.",
          "anyOf": [
            {
              "const": "largest"
            },
            {
              "type": "array",
              "minItems": 1,
              "items": {
                "type": [
                  "string",
                  "integer"
                ]
              }
            }
          ]
        },
        "from": {
          "enum": [
            "scratch",
            "shared"
          ],
          "default": "scratch",
          "description": "The teacher's initial weights: new ones or those of the warm-up."
        },
        "epochs": {
          "type": "number",
          "minimum": 0,
          "default": 10,
          "description": "The teacher's epochs."
        },
        "weight": {
          "type": "number",
          "minimum": 0,
          "maximum": 1,
          "default": 0.5,
          "description": "Share of the loss that is against the teacher, w: loss = (1 - w) CE(targets) + w T^2 CE(softmax(teacher / T), softmax(student / T))."
        },
        "temperature": {
          "type": "number",
          "exclusiveMinimum": 0,
          "default": 4,
          "description": "T, what both networks' logits are divided by."
        }
      }
    },
    "named": {
      "title": "Named",
      "description": "A plugin's part by name, with options or without.",
      "anyOf": [
        {
          "type": "string",
          "minLength": 1
        },
        {
          "title": "NamedWithOptions",
          "type": "object",
          "required": [
            "name"
          ],
          "properties": {
            "name": {
              "type": "string",
              "minLength": 1,
              "description": "The name under which a plugin registers it."
            }
          },
          "additionalProperties": true
        }
      ]
    },
    "target": {
      "title": "TargetConfig",
      "description": "A target by name, with options or without.",
      "anyOf": [
        {
          "type": "string",
          "minLength": 1
        },
        {
          "title": "TargetWithOptions",
          "type": "object",
          "required": [
            "name"
          ],
          "properties": {
            "name": {
              "type": "string",
              "minLength": 1,
              "description": "The name under which a plugin registers it."
            },
            "as": {
              "type": "string",
              "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$",
              "description": "What it is called in results, where one target is given several times with other options; its name when absent."
            }
          },
          "additionalProperties": true
        }
      ]
    },
    "limits": {
      "title": "Limits",
      "description": "Each is kept by itself; what is left out is not limited.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "name": {
          "type": "string",
          "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$",
          "description": "What networks under these limits are called, where there are several; made from the limits when absent."
        },
        "latencyMs": {
          "type": "number",
          "exclusiveMinimum": 0,
          "description": "Latency of one image, ms."
        },
        "latencyShare": {
          "type": "number",
          "exclusiveMinimum": 0,
          "maximum": 1,
          "description": "The same limit as a share of the expected latency of a uniformly sampled network: means the same on every machine. Not together with latencyMs."
        },
        "macs": {
          "type": "number",
          "exclusiveMinimum": 0,
          "description": "Multiply-accumulates of one image."
        },
        "parameters": {
          "type": "number",
          "exclusiveMinimum": 0,
          "description": "Trained values."
        },
        "memoryBytes": {
          "type": "number",
          "exclusiveMinimum": 0,
          "description": "Memory of activations, in bytes: as the target plans it, where it emits code; else the activations that are alive at once in a runtime that computes op by op."
        },
        "storageBytes": {
          "type": "number",
          "exclusiveMinimum": 0,
          "description": "Weights and compiled code, in bytes: as the target lays them out and this machine compiles them; where that is not known, 4 bytes a trained value."
        }
      }
    },
    "optimizer": {
      "title": "OptimizerConfig",
      "description": "SGD with momentum and a cosine schedule over the whole training.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "learningRate"
      ],
      "properties": {
        "learningRate": {
          "type": "number",
          "exclusiveMinimum": 0,
          "description": "Rate at the start of the cosine."
        },
        "warmUpSteps": {
          "type": "integer",
          "minimum": 0,
          "default": 0,
          "description": "Steps over which the rate rises linearly from 0."
        },
        "momentum": {
          "type": "number",
          "minimum": 0,
          "exclusiveMaximum": 1,
          "default": 0.9,
          "description": "Momentum."
        },
        "nesterov": {
          "type": "boolean",
          "default": true,
          "description": "Nesterov's momentum, or the plain one."
        },
        "weightDecay": {
          "type": "number",
          "minimum": 0,
          "default": 0.00004,
          "description": "L2 added to the gradient."
        },
        "decayRoles": {
          "type": "array",
          "items": {
            "enum": [
              "weight",
              "bias",
              "scale"
            ]
          },
          "default": [
            "weight"
          ],
          "description": "Kinds of parameters that decay: weights and biases of layers; scale: scale and shift of normalisations."
        }
      }
    }
  }
};
