// Makes what follows from schemas/ (TypeScript types, and the schemas themselves as constants and as files of the published
// package) and from the sources (the list of diagnostics). `--check` only compares, and fails when something is stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { compile } from 'json-schema-to-typescript';
import { diagnosticsPage } from './list-diagnostics.js';

const config = 'packages/config/src/generated';
const report = 'packages/report/src/generated';
const types = [
  { schema: 'config', type: 'UserConfig', path: `${config}/user-config.ts`, resolved: false },
  { schema: 'config', type: 'Config', path: `${config}/config.ts`, resolved: true },
  { schema: 'space', type: 'UserSpace', path: `${config}/user-space.ts`, resolved: false },
  { schema: 'space', type: 'Space', path: `${config}/space.ts`, resolved: true },
  { schema: 'report', type: 'Report', path: `${report}/report.ts`, resolved: true },
  { schema: 'front', type: 'FrontReport', path: `${report}/front.ts`, resolved: true },
];
const constants = [
  { schema: 'config', name: 'configSchema', path: `${config}/config-schema.ts` },
  { schema: 'space', name: 'spaceSchema', path: `${config}/space-schema.ts` },
  { schema: 'report', name: 'reportSchema', path: `${report}/report-schema.ts` },
  { schema: 'graph', name: 'graphSchema', path: 'packages/ir/src/generated/graph-schema.ts' },
  { schema: 'profile', name: 'profileSchema', path: 'packages/profile/src/generated/profile-schema.ts' },
];
/** Shipped with the command line: a config's `$schema` points here. */
const copies = ['config', 'space', 'profile'].map((schema) => ({ schema, path: `packages/cli/schemas/${schema}.schema.json` }));

/** A copy in which a $ref stands alone (so that its type is named once) and, if wanted, defaulted keys are required. */
const prepare = (node, resolved) => {
  if (Array.isArray(node)) return node.map((item) => prepare(item, resolved));
  if (typeof node !== 'object' || node === null) return node;
  if (node.$ref) return { $ref: node.$ref };
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, prepare(value, resolved)]));
  if (resolved && node.properties) {
    const defaulted = Object.keys(node.properties).filter((key) => node.properties[key].default !== undefined);
    copy.required = [...new Set([...(node.required ?? []), ...defaulted])];
  }
  // The type of a value that is whole.
  if (copy.else?.required) copy.required = [...new Set([...copy.else.required, ...(copy.required ?? [])])];
  if (copy.minItems !== copy.maxItems) delete copy.minItems; // arrays, not tuples, unless of one length
  return copy;
};

const sourceOf = (schema) => readFileSync(`schemas/${schema}.schema.json`, 'utf8');
const banner = (schema) => `// Generated from schemas/${schema}.schema.json by \`npm run generate\`; do not edit.`;

const outputs = [];
for (const { schema, type, path, resolved } of types) {
  const text = await compile({ ...prepare(JSON.parse(sourceOf(schema)), resolved), title: type }, type, {
    bannerComment: banner(schema),
    style: { singleQuote: true, printWidth: 140 },
  });
  outputs.push({ path, text });
}
for (const { schema, name, path } of constants) {
  const literal = JSON.stringify(JSON.parse(sourceOf(schema)), undefined, 2);
  outputs.push({ path, text: `${banner(schema)}\n\nexport const ${name}: Readonly<Record<string, unknown>> = ${literal};\n` });
}
for (const { schema, path } of copies) outputs.push({ path, text: sourceOf(schema) });
outputs.push({ path: 'docs/diagnostics.md', text: diagnosticsPage() });

const current = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // not made yet
  }
};
const stale = outputs.filter(({ path, text }) => current(path) !== text);
if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`Stale, run \`npm run generate\`:\n${stale.map(({ path }) => path).join('\n')}`);
    process.exit(1);
  }
} else {
  for (const { path, text } of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
