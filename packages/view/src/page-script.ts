// What runs in the reader's browser, beside ECharts: draws each chart, and again where the colour scheme changes; fills a table of
// numbers when it is opened, so that the page stays small.
export const pageScript = `
const charts = JSON.parse(document.getElementById('chart-data').textContent);
const scheme = matchMedia('(prefers-color-scheme: dark)');
const drawn = new Map();
const draw = (element) => {
  drawn.get(element)?.dispose();
  const chart = echarts.init(element, scheme.matches ? 'dark' : undefined, { renderer: 'svg' });
  chart.setOption({ backgroundColor: 'transparent', ...charts[element.dataset.chart].option });
  drawn.set(element, chart);
};
const sizes = new ResizeObserver((entries) => { for (const { target } of entries) drawn.get(target)?.resize(); });
for (const element of document.querySelectorAll('.chart')) { draw(element); sizes.observe(element); }
scheme.addEventListener('change', () => { for (const element of drawn.keys()) draw(element); });
const cellOf = (kind, value) => Object.assign(document.createElement(kind), { textContent: String(value) });
const rowOf = (kind, values) => {
  const row = document.createElement('tr');
  row.append(...values.map((value) => cellOf(kind, value)));
  return row;
};
for (const details of document.querySelectorAll('[data-table]')) details.addEventListener('toggle', () => {
  const { option, columns } = charts[details.dataset.table];
  const table = document.createElement('table');
  table.createTHead().append(rowOf('th', columns));
  table.createTBody().append(...option.series.flatMap(({ name, data }) => data.map((point) => rowOf('td', [name, ...point]))));
  details.querySelector('.scroll').replaceChildren(table);
}, { once: true });
`;
