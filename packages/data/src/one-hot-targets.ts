// Class indices as the target distributions that engines take.

/** [N, classes]: one-hot * (1 - smoothing) + smoothing / classes. */
export const oneHotTargets = (labels: Uint16Array, classes: number, smoothing = 0): Float32Array => {
  const targets = new Float32Array(labels.length * classes).fill(smoothing / classes);
  const on = 1 - smoothing + smoothing / classes;
  for (let i = 0; i < labels.length; i++) targets[i * classes + labels[i]!] = on;
  return targets;
};
