// One HTML page of one or several runs. All that it needs is in it: it opens offline, from a file.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Chart } from './chart.ts';
import { chartSections } from './charts/charts.ts';
import type { ChartSection } from './charts/charts.ts';
import { comparisonTable, costTable } from './comparison.ts';
import { escapeHtml, htmlTable, scriptJson } from './html.ts';
import { drawNetwork } from './network-drawing.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import type { RunView } from './run-view.ts';

const figureOf = ({ id, title, table }: Chart): string => {
  const names = [...new Set(table.rows.map(([name]) => String(name)))];
  const text = `Chart: ${title}. ${table.columns[2]} by ${table.columns[1]} of ${names.join(', ')}. The numbers are in the table below it.`;
  return `<figure><h3>${escapeHtml(title)}</h3>
<div class="chart" id="${id}" data-chart="${id}" role="img" tabindex="0" aria-label="${escapeHtml(text)}"></div>
<details data-table="${id}"><summary>Numbers: ${escapeHtml(title)}</summary><div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(`Numbers: ${title}`)}"></div></details></figure>`;
};

const sectionOf = (id: string, title: string, content: string): string =>
  `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${escapeHtml(title)}</h2>\n${content}\n</section>`;

const chartSection = ({ id, title, charts, absent }: ChartSection): string =>
  sectionOf(
    id,
    title,
    charts.length === 0 ? `<p>${escapeHtml(absent)}</p>` : `<div class="charts">${charts.map(figureOf).join('\n')}</div>`,
  );

const networks = (runs: readonly RunView[]): string =>
  runs
    .flatMap((run) =>
      run.networks.map(({ name, blocks, timing }) => {
        const label = `${runs.length > 1 ? `${run.name}: ` : ''}${name} on ${timing.device}`;
        return blocks ? drawNetwork(blocks, label) : `<p>${escapeHtml(label)}: its space or its choices are not stored.</p>`;
      }),
    )
    .join('\n');

const facts = ({ name, report, missing }: RunView): string => {
  const { task, space, seed } = report;
  const lost = missing.length === 0 ? '' : ` Not in the store any more: ${missing.join(', ')}.`;
  return `<p>${escapeHtml(`${name}: ${task.dataset}, ${task.classes.length} classes, images ${task.inputShape.join('x')}; space ${space.name}, ${space.choices} choices; seed ${seed}.${lost}`)}</p>`;
};

const require = createRequire(import.meta.url);

/** Scripts of the page only, and nothing from anywhere else. */
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

export const reportPage = async (runs: readonly RunView[]): Promise<string> => {
  const sections = chartSections(runs);
  const library = await readFile(require.resolve('echarts/dist/echarts.min.js'), 'utf8');
  const title = `nasc: ${runs.map(({ name }) => name).join(', ')}`;
  const fixed = [
    { id: 'networks', title: 'Networks' },
    { id: 'blocks', title: 'Block by block' },
  ];
  const links = [...fixed, ...sections, { id: 'cost', title: 'Cost of the search' }];
  const data = Object.fromEntries(
    sections.flatMap(({ charts }) => charts.map(({ id, option, table }) => [id, { option, columns: table.columns }])),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<noscript><p>The charts need scripts, which are all in this page.</p></noscript>
<a class="skip" href="#content">Skip to the content</a>
<header><h1>${escapeHtml(title)}</h1>
${runs.map(facts).join('\n')}
<nav aria-label="Sections"><ul>${links.map((link) => `<li><a href="#${link.id}">${escapeHtml(link.title)}</a></li>`).join('')}</ul></nav></header>
<main id="content" tabindex="-1">
${sectionOf('networks', 'Networks', htmlTable(comparisonTable(runs), 'Networks'))}
${sectionOf('blocks', 'Block by block', networks(runs))}
${sections.map(chartSection).join('\n')}
${sectionOf('cost', 'Cost of the search', htmlTable(costTable(runs), 'Cost of the search'))}
</main>
<script type="application/json" id="chart-data">${scriptJson(data)}</script>
<script>${library.replaceAll('</script', String.raw`<\/script`)}</script>
<script>${pageScript}</script>
</body>
</html>
`;
};
