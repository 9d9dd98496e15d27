// Pieces of HTML. Every text that comes from a run goes through `escapeHtml`.
import type { Table } from './chart.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character]!);

/** JSON for a script element: no text in it can end the element. */
export const scriptJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);

const cell = (value: string | number | null, column: number): string => {
  if (typeof value === 'number') return `<td class="number">${value}</td>`;
  const text = escapeHtml(value ?? '–');
  return column === 0 ? `<th scope="row">${text}</th>` : `<td>${text}</td>`;
};

/** A table that scrolls by itself where the page is narrower; reachable by keyboard for that. */
export const htmlTable = ({ columns, rows }: Table, label: string): string =>
  `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(label)}"><table>
<thead><tr>${columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}</tbody>
</table></div>`;
