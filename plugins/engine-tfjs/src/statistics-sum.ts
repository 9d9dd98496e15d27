// Statistics of batch normalisation pooled over batches.
import type { BatchNormStatistics } from '@nasc/core';
import type { NodeId } from '@nasc/ir';
import type { BatchStatistics } from '@nasc/tfjs';

/** Over all images: mean = avg(m_b), variance = avg(v_b + m_b^2) - mean^2, batches weighted by their images; in double. */
export class StatisticsSum {
  readonly #sums = new Map<NodeId, { images: number; readonly mean: Float64Array; readonly square: Float64Array }>();

  add(node: NodeId, batch: BatchStatistics, images: number): void {
    const [mean, variance] = [batch.mean.dataSync(), batch.variance.dataSync()];
    const channels = mean.length;
    const sum = this.#sums.get(node) ?? { images: 0, mean: new Float64Array(channels), square: new Float64Array(channels) };
    this.#sums.set(node, sum);
    sum.images += images;
    mean.forEach((m, c) => {
      sum.mean[c]! += images * m;
      sum.square[c]! += images * (variance[c]! + m * m);
    });
  }

  pooled(): BatchNormStatistics {
    return new Map(
      [...this.#sums].map(([node, { images, mean, square }]) => [
        node,
        {
          mean: Float32Array.from(mean, (sum) => sum / images),
          variance: Float32Array.from(square, (sum, c) => Math.max(0, sum / images - (mean[c]! / images) ** 2)),
        },
      ]),
    );
  }
}
