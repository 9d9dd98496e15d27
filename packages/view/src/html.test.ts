import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';
import { htmlTable, scriptJson } from './html.ts';
import { drawNetwork } from './network-drawing.ts';

test('names cannot bring markup into the page', () => {
  const name = '</script><img src=x onerror="alert(1)">';
  expect(htmlTable({ columns: [name], rows: [[name]] }, name)).not.toContain('<img');
  expect(scriptJson({ name })).not.toContain('<');
  expect(JSON.parse(scriptJson({ name }))).toEqual({ name });
});

test('CSV quotes what needs it', () => {
  expect(csvOf({ columns: ['a', 'b,c'], rows: [['say "x"', null]] })).toBe('a,"b,c"\r\n"say ""x""",\r\n');
});

test('a drawn network says kernel, expansion, width, stride and share of each block', () => {
  const block = { id: 'b1', name: 'k5e6', kernel: 5, expansion: 6, width: 32, stride: 2, latencyMs: 0.3 };
  const html = drawNetwork([block, { ...block, id: '<b>', latencyMs: 0.1 }], 'cpu');
  expect(html).toContain('<td class="number">5</td><td class="number">6</td><td class="number">32</td><td class="number">2</td>');
  expect(html).toContain('75.0 %');
  expect(html).toContain('&lt;b&gt;');
});
