// The chosen network block by block: kernel, expansion, width, stride, and the share of the latency as a bar.
import { escapeHtml } from './html.ts';
import type { BlockView } from './run-view.ts';

const kernelClass = (kernel: number | undefined): string => (kernel === undefined ? 'k0' : `k${Math.min(kernel, 9)}`);

const figure = (value: number | undefined): string =>
  value === undefined ? '<td class="number">–</td>' : `<td class="number">${value}</td>`;

/** A table, so that it reads as well as it looks. Shares are of the sum of what the cost model knows. */
export const drawNetwork = (blocks: readonly BlockView[], label: string): string => {
  const total = blocks.reduce((sum, { latencyMs = 0 }) => sum + latencyMs, 0);
  const largest = Math.max(...blocks.map(({ latencyMs = 0 }) => latencyMs), Number.MIN_VALUE);
  const rows = blocks.map(({ id, name, kernel, expansion, width, stride, latencyMs }) => {
    const share =
      latencyMs === undefined || total === 0
        ? '<td>–</td>'
        : `<td class="share"><span class="bar ${kernelClass(kernel)}" style="width:${((70 * latencyMs) / largest).toFixed(1)}%"></span>${((100 * latencyMs) / total).toFixed(1)} %</td>`;
    return `<tr><th scope="row">${escapeHtml(id)}</th><td>${escapeHtml(name)}</td>${[kernel, expansion, width, stride].map(figure).join('')}${share}</tr>`;
  });
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(label)}"><table class="network">
<caption>${escapeHtml(label)}</caption>
<thead><tr><th scope="col">block</th><th scope="col">chosen</th><th scope="col">kernel</th><th scope="col">expansion</th><th scope="col">width</th><th scope="col">stride</th><th scope="col">share of latency</th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table></div>`;
};
