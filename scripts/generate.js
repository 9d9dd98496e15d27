// Makes the TypeScript types of packages/config from schemas/. `--check` only compares, and fails when they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';

const outputs = [
  { schema: 'config', type: 'UserConfig', file: 'user-config.ts', resolved: false },
  { schema: 'config', type: 'Config', file: 'config.ts', resolved: true },
  { schema: 'space', type: 'UserSpace', file: 'user-space.ts', resolved: false },
  { schema: 'space', type: 'Space', file: 'space.ts', resolved: true },
];

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
  delete copy.minItems; // arrays, not tuples
  return copy;
};

const check = process.argv.includes('--check');
const stale = [];
for (const { schema, type, file, resolved } of outputs) {
  const source = JSON.parse(readFileSync(`schemas/${schema}.schema.json`, 'utf8'));
  const bannerComment = `// Generated from schemas/${schema}.schema.json by \`npm run generate\`; do not edit.`;
  const text = await compile({ ...prepare(source, resolved), title: type }, type, {
    bannerComment,
    style: { singleQuote: true, printWidth: 140 },
  });
  const path = `packages/config/src/generated/${file}`;
  let current;
  try {
    current = readFileSync(path, 'utf8');
  } catch {
    current = undefined;
  }
  if (current === text) continue;
  if (check) stale.push(path);
  else writeFileSync(path, text);
}
if (stale.length > 0) {
  console.error(`Stale, run \`npm run generate\`:\n${stale.join('\n')}`);
  process.exit(1);
}
