// Worked numbers of the published search code's formulas, computed independently in float64 (numpy).

const alpha = [0.3, -0.2, 0.05, 0.0, 0.7, -0.4, 0.1];

export const golden = {
  /** One step with the loss mul#log (scale 0.2, beta 0.3) while Zero, the last candidate, is active. Rate 0.001. */
  activeZero: {
    alpha,
    /** dL/dg of the cross-entropy; Zero's is 0. */
    gateGradients: [0.9, -1.1, 0.4, 0.2, -0.3, 0.05, 0.0],
    latencyMs: [6.2731, 11.0949, 7.9019, 14.1313, 10.2148, 18.5406, 0.0],
    constantMs: 70.0,
    reference: 80.0,
    crossEntropy: 2.5,
    afterStep: {
      'all-gates': [
        0.29900000034995444, -0.19900000042893734, 0.049000001083295164, -0.0009999975772395611, 0.7009999994199247, -0.4009999760650754,
        0.10099999444129132,
      ],
      'latency-only': [
        0.3009999518043111, -0.20099988613233644, 0.050999854911187886, -0.0009999631801940682, 0.6990000832821992, -0.4009999707616827,
        0.1009999816542067,
      ],
    },
  },
  /** Four sampled candidates of one choice with the accuracies and latencies of their networks; reward acc (80 / ms)^0.1. */
  reinforce: {
    alpha,
    sampled: [0, 4, 6, 1],
    accuracies: [0.52, 0.55, 0.49, 0.51],
    latencyMs: [76.2731, 80.2148, 70.0, 81.0949],
    reference: 80,
    tradeoff: 0.1,
    rewards: [0.5224866550821528, 0.5498525426700277, 0.4965869183840361, 0.5093072055833052],
    first: {
      baseline: 0.5195583304298804,
      gradient: [
        -0.0007320811630680776, 0.0025627812116438024, 3.903127820947816e-18, 3.5236570605778894e-18, -0.0075735530600368126,
        2.222614453595284e-18, 0.005742853011461078,
      ],
    },
    /** Behind a baseline of 0.5, with the published rule. */
    published: {
      baseline: 0.5193627471255816,
      gradient: [
        -0.0007480132724660705, 0.0025338788903916053, 2.5672168360768653e-5, 2.4420121935499336e-5, -0.00757327279944715,
        1.6369297259999864e-5, 0.005720945593965347,
      ],
    },
    /** The same with a moving average of weight 0.1, used before it is moved. */
    movingAverage: {
      used: 0.5,
      next: 0.5019558330429881,
      gradient: [
        -0.00232529210286733, -0.00032745091357586683, 0.0025672168360764574, 0.002442012193549552, -0.0075455270010705965,
        0.0016369297259997285, 0.0035521112618880535,
      ],
    },
  },
} as const;
