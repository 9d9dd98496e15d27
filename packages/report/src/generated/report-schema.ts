// Generated from schemas/report.schema.json by `npm run generate`; do not edit.

export const reportSchema: Readonly<Record<string, unknown>> = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://nasc.dev/schemas/report.schema.json",
  "title": "Report",
  "description": "What a run found, report.json. Everything outside `timing` is the same whenever the run is repeated with the same latencies.",
  "type": "object",
  "additionalProperties": false,
  "required": [
    "format",
    "seed",
    "task",
    "space",
    "warmUp",
    "hashes",
    "networks",
    "timing"
  ],
  "properties": {
    "format": {
      "const": 1,
      "description": "Version of this format."
    },
    "seed": {
      "type": "integer",
      "description": "Seed of every random number."
    },
    "task": {
      "title": "ReportTask",
      "description": "What the networks were searched for.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "dataset",
        "classes",
        "inputShape",
        "manifestHash"
      ],
      "properties": {
        "dataset": {
          "type": "string",
          "description": "Name of the data set."
        },
        "classes": {
          "type": "array",
          "items": {
            "type": "string"
          },
          "description": "Class names, in the order of the logits."
        },
        "inputShape": {
          "type": "array",
          "items": {
            "type": "integer"
          },
          "description": "[height, width, channels]."
        },
        "manifestHash": {
          "type": "string",
          "description": "SHA-256 over the data that was read."
        }
      }
    },
    "space": {
      "title": "ReportSpace",
      "description": "What was searched.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "name",
        "choices",
        "networks",
        "parameters",
        "macs"
      ],
      "properties": {
        "name": {
          "type": "string",
          "description": "Name of the space."
        },
        "choices": {
          "type": "integer",
          "description": "Number of choices."
        },
        "networks": {
          "type": "string",
          "description": "Number of networks, in decimal digits: it exceeds what a JSON number can hold."
        },
        "parameters": {
          "$ref": "#/$defs/range",
          "description": "Trained values of the smallest and the largest network."
        },
        "macs": {
          "$ref": "#/$defs/range",
          "description": "Multiply-accumulates of the smallest and the largest network."
        }
      }
    },
    "warmUp": {
      "title": "ReportWarmUp",
      "description": "The shared weights.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "cost"
      ],
      "properties": {
        "cost": {
          "$ref": "#/$defs/cost",
          "description": "What the warm-up took."
        }
      }
    },
    "hashes": {
      "$ref": "#/$defs/hashes",
      "description": "Content hashes of the artifacts that all targets share."
    },
    "networks": {
      "type": "array",
      "description": "One network for each target under each set of limits, in the order of the config.",
      "items": {
        "title": "ReportNetwork",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "name",
          "target",
          "search",
          "choices",
          "parameters",
          "macs",
          "costs",
          "memory",
          "validation",
          "test",
          "codeTest",
          "onnx",
          "netConfig",
          "code",
          "coverage",
          "files",
          "hashes"
        ],
        "properties": {
          "name": {
            "type": "string",
            "description": "Name of the network: the target's, with that of the limits where there are several."
          },
          "target": {
            "type": "string",
            "description": "Name of its target."
          },
          "search": {
            "title": "ReportSearch",
            "description": "How it was searched.",
            "type": "object",
            "additionalProperties": false,
            "required": [
              "strategy",
              "cost"
            ],
            "properties": {
              "strategy": {
                "type": "string",
                "description": "Name of the search strategy."
              },
              "cost": {
                "$ref": "#/$defs/cost",
                "description": "What the search took, the warm-up apart."
              }
            }
          },
          "choices": {
            "type": "array",
            "description": "The chosen candidate of every choice, in the order of the network.",
            "items": {
              "title": "ReportChoice",
              "type": "object",
              "additionalProperties": false,
              "required": [
                "id",
                "candidate",
                "macro",
                "alternatives",
                "probability"
              ],
              "properties": {
                "id": {
                  "type": "string",
                  "description": "The block that was chosen for."
                },
                "candidate": {
                  "type": "string",
                  "description": "Name of the chosen candidate."
                },
                "macro": {
                  "type": "string",
                  "description": "Its macro."
                },
                "alternatives": {
                  "type": "integer",
                  "description": "Number of candidates."
                },
                "probability": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "Its probability at the end of the search; null where the strategy ranks whole networks."
                }
              }
            }
          },
          "parameters": {
            "type": [
              "integer",
              "null"
            ],
            "description": "Trained values of the network; null where a plugin added nodes of unknown cost."
          },
          "macs": {
            "type": [
              "integer",
              "null"
            ],
            "description": "Multiply-accumulates of one image; null where a plugin added nodes of unknown cost."
          },
          "costs": {
            "type": "array",
            "description": "What the network costs that does not depend on a device, beside its limits.",
            "items": {
              "title": "ReportCost",
              "type": "object",
              "additionalProperties": false,
              "required": [
                "name",
                "unit",
                "value",
                "planned",
                "limit"
              ],
              "properties": {
                "name": {
                  "enum": [
                    "macs",
                    "parameters",
                    "memory",
                    "storage"
                  ],
                  "description": "Which cost."
                },
                "unit": {
                  "type": "string",
                  "description": "MACs, parameters or bytes."
                },
                "value": {
                  "type": "number",
                  "description": "Of the network as it was searched."
                },
                "planned": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "As the target plans the whole network, which is what its limit holds for; null where it does not. Storage: weights, and the compiled code where it is limited."
                },
                "limit": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "What it was allowed; null where it was not limited."
                }
              }
            }
          },
          "memory": {
            "description": "Memory of the generated code; null where the target plans none.",
            "anyOf": [
              {
                "type": "null"
              },
              {
                "title": "ReportMemory",
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "arenaBytes",
                  "lowerBoundBytes",
                  "weightBytes"
                ],
                "properties": {
                  "arenaBytes": {
                    "type": "integer",
                    "description": "Activations, as planned."
                  },
                  "lowerBoundBytes": {
                    "type": "integer",
                    "description": "Largest sum of tensors alive at once: no plan needs less."
                  },
                  "weightBytes": {
                    "type": "integer",
                    "description": "Weights."
                  }
                }
              }
            ]
          },
          "validation": {
            "$ref": "#/$defs/accuracy",
            "description": "On the images held out for the gates and for ranking."
          },
          "test": {
            "$ref": "#/$defs/accuracy",
            "description": "On the test images, touched once."
          },
          "codeTest": {
            "description": "Of the generated code on the test images; null where this machine cannot run it, or the target gives times, no outputs.",
            "anyOf": [
              {
                "type": "null"
              },
              {
                "$ref": "#/$defs/accuracy"
              }
            ]
          },
          "onnx": {
            "title": "ReportOnnx",
            "description": "The ONNX file.",
            "type": "object",
            "additionalProperties": false,
            "required": [
              "opset",
              "bytes",
              "verification"
            ],
            "properties": {
              "opset": {
                "type": "integer",
                "description": "ONNX operator set."
              },
              "bytes": {
                "type": "integer",
                "description": "Size of the file."
              },
              "verification": {
                "$ref": "#/$defs/verification",
                "description": "ONNX Runtime against the training engine."
              }
            }
          },
          "netConfig": {
            "type": [
              "string",
              "null"
            ],
            "description": "Why there is no net.config: what the format of ProxylessNAS's authors cannot say of this network; null where it was written."
          },
          "code": {
            "description": "The generated code against ONNX Runtime; null where this machine cannot run it, or the target gives times, no outputs.",
            "anyOf": [
              {
                "type": "null"
              },
              {
                "$ref": "#/$defs/verification"
              }
            ]
          },
          "coverage": {
            "title": "ReportCoverage",
            "description": "Number of nodes by kind of kernel.",
            "type": "object",
            "additionalProperties": false,
            "required": [
              "special",
              "plain",
              "unsupported"
            ],
            "properties": {
              "special": {
                "type": "integer",
                "description": "With a kernel made for the target."
              },
              "plain": {
                "type": "integer",
                "description": "With the op's plain kernel."
              },
              "unsupported": {
                "type": "integer",
                "description": "With none."
              }
            }
          },
          "files": {
            "type": "array",
            "description": "What was written, below the network's folder.",
            "items": {
              "title": "ReportFile",
              "type": "object",
              "additionalProperties": false,
              "required": [
                "name",
                "bytes"
              ],
              "properties": {
                "name": {
                  "type": "string",
                  "description": "Relative path."
                },
                "bytes": {
                  "type": "integer",
                  "description": "Size."
                }
              }
            }
          },
          "hashes": {
            "$ref": "#/$defs/hashes",
            "description": "Content hashes of this network's artifacts that hold no measurement."
          }
        }
      }
    },
    "timing": {
      "title": "ReportTiming",
      "description": "Whatever was measured with a clock, or follows from it.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "networks",
        "warmUpMs",
        "stages",
        "totalMs"
      ],
      "properties": {
        "warmUpMs": {
          "type": "number",
          "description": "What the warm-up took, in all runs that worked on it, ms."
        },
        "networks": {
          "type": "object",
          "description": "By name of the network.",
          "additionalProperties": {
            "title": "ReportNetworkTiming",
            "type": "object",
            "additionalProperties": false,
            "required": [
              "device",
              "searchMs",
              "limitMs",
              "predictedMs",
              "prediction",
              "rounds",
              "selectedMs",
              "code",
              "onnxRuntime",
              "choicesMs",
              "networksMeasured",
              "hashes"
            ],
            "properties": {
              "device": {
                "type": "string",
                "description": "What it was measured on."
              },
              "searchMs": {
                "type": "number",
                "description": "What the search took, in all runs that worked on it, ms."
              },
              "limitMs": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Latency that was asked for, ms; null without a limit."
              },
              "predictedMs": {
                "type": "number",
                "description": "By the cost model, before any correction, ms."
              },
              "prediction": {
                "description": "How well the predictor told networks that it had not seen; null where too few were measured.",
                "anyOf": [
                  {
                    "type": "null"
                  },
                  {
                    "title": "ReportPrediction",
                    "type": "object",
                    "additionalProperties": false,
                    "required": [
                      "predictor",
                      "networks",
                      "method",
                      "rmspe",
                      "confidence",
                      "lowMs",
                      "highMs"
                    ],
                    "properties": {
                      "predictor": {
                        "type": "string",
                        "description": "Name of the latency predictor."
                      },
                      "networks": {
                        "type": "integer",
                        "description": "Held-out networks."
                      },
                      "method": {
                        "enum": [
                          "cross-validation",
                          "held out"
                        ],
                        "description": "Whether all were held out in turn, or some kept apart."
                      },
                      "rmspe": {
                        "type": "number",
                        "description": "Root mean square of predicted / measured - 1."
                      },
                      "confidence": {
                        "type": "number",
                        "description": "Share of networks that measure between lowMs and highMs where they are predicted so."
                      },
                      "lowMs": {
                        "type": "number",
                        "description": "Lower end for this network, ms."
                      },
                      "highMs": {
                        "type": "number",
                        "description": "Upper end for this network, ms."
                      }
                    }
                  }
                ]
              },
              "rounds": {
                "type": "array",
                "description": "How the network was chosen: what was asked, predicted and measured, round by round.",
                "items": {
                  "title": "ReportRound",
                  "type": "object",
                  "additionalProperties": false,
                  "required": [
                    "askedMs",
                    "predictedMs",
                    "correctedMs",
                    "measuredMs",
                    "score",
                    "keepsLimit"
                  ],
                  "properties": {
                    "askedMs": {
                      "type": [
                        "number",
                        "null"
                      ],
                      "description": "What the corrected prediction had to keep, ms; null without a limit."
                    },
                    "predictedMs": {
                      "type": "number",
                      "description": "Of the best network found, by the cost model, ms."
                    },
                    "correctedMs": {
                      "type": "number",
                      "description": "The same corrected by the measurement before, ms."
                    },
                    "measuredMs": {
                      "type": [
                        "number",
                        "null"
                      ],
                      "description": "ms; null where it was not measured."
                    },
                    "score": {
                      "type": [
                        "number",
                        "null"
                      ],
                      "description": "Cross-entropy under the shared weights, nats; null without any."
                    },
                    "keepsLimit": {
                      "type": "boolean",
                      "description": "Whether it is within the limit."
                    }
                  }
                }
              },
              "selectedMs": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Measured when the network was chosen, with arbitrary weights, ms; null where this machine cannot run the target."
              },
              "code": {
                "$ref": "#/$defs/optionalLatency",
                "description": "The files for the target, at the end."
              },
              "onnxRuntime": {
                "$ref": "#/$defs/optionalLatency",
                "description": "The ONNX file in ONNX Runtime on one thread of this machine."
              },
              "choicesMs": {
                "type": "array",
                "items": {
                  "type": "number"
                },
                "description": "The chosen candidate of every choice, ms."
              },
              "networksMeasured": {
                "type": "integer",
                "description": "Networks measured while choosing."
              },
              "hashes": {
                "$ref": "#/$defs/hashes",
                "description": "Content hashes of the artifacts that hold measurements."
              }
            }
          }
        },
        "stages": {
          "type": "array",
          "description": "Time of each part of each stage, in order.",
          "items": {
            "title": "ReportStage",
            "type": "object",
            "additionalProperties": false,
            "required": [
              "stage",
              "part",
              "target",
              "cached",
              "ms"
            ],
            "properties": {
              "stage": {
                "type": "string",
                "description": "Stage."
              },
              "part": {
                "type": "string",
                "description": "Its part."
              },
              "target": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "The target or network that it ran for; null where it serves all."
              },
              "cached": {
                "type": "boolean",
                "description": "Whether it was taken from the store."
              },
              "ms": {
                "type": "number",
                "description": "Time, ms."
              }
            }
          }
        },
        "totalMs": {
          "type": "number",
          "description": "Sum of the stages, ms."
        }
      }
    }
  },
  "$defs": {
    "range": {
      "title": "ReportRange",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "minimum",
        "maximum"
      ],
      "properties": {
        "minimum": {
          "type": "integer",
          "description": "The least over all networks."
        },
        "maximum": {
          "type": "integer",
          "description": "The most over all networks."
        }
      }
    },
    "cost": {
      "title": "ReportSearchCost",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "imagesForwardBackward",
        "peakMemoryBytes"
      ],
      "properties": {
        "imagesForwardBackward": {
          "type": "number",
          "description": "Images taken forward and backward through one path; a forward pass alone counts as a third."
        },
        "peakMemoryBytes": {
          "type": [
            "integer",
            "null"
          ],
          "description": "Weights, gradients, momentum and activations at most; null where the engine leaves memory to a library."
        }
      }
    },
    "accuracy": {
      "title": "ReportAccuracy",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "correct",
        "correctTop5",
        "count",
        "crossEntropy"
      ],
      "properties": {
        "correct": {
          "type": "integer",
          "description": "Images classified right."
        },
        "correctTop5": {
          "type": [
            "integer",
            "null"
          ],
          "description": "Images whose class is among the five largest logits, of equal ones the first; null for five classes or fewer."
        },
        "count": {
          "type": "integer",
          "description": "Images."
        },
        "crossEntropy": {
          "type": "number",
          "description": "Mean, nats."
        }
      }
    },
    "verification": {
      "title": "ReportVerification",
      "description": "Outputs of two realisations of one network, compared on real test images.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "images",
        "maximumError",
        "relativeError",
        "sameClass"
      ],
      "properties": {
        "images": {
          "type": "integer",
          "description": "Images compared."
        },
        "maximumError": {
          "type": "number",
          "description": "Largest absolute difference of a logit."
        },
        "relativeError": {
          "type": "number",
          "description": "||a - b|| / ||b|| over all logits."
        },
        "sameClass": {
          "type": "integer",
          "description": "Images on which both name the same class."
        }
      }
    },
    "optionalLatency": {
      "anyOf": [
        {
          "type": "null"
        },
        {
          "title": "ReportLatency",
          "description": "A measured latency of one image.",
          "type": "object",
          "additionalProperties": false,
          "required": [
            "ms",
            "spreadMs",
            "samples"
          ],
          "properties": {
            "ms": {
              "type": "number",
              "description": "Median, ms."
            },
            "spreadMs": {
              "type": "number",
              "description": "Median absolute deviation, ms."
            },
            "samples": {
              "type": "integer",
              "description": "Number of samples."
            }
          }
        }
      ]
    },
    "hashes": {
      "title": "ReportHashes",
      "type": "object",
      "additionalProperties": {
        "type": "string"
      }
    }
  }
};
