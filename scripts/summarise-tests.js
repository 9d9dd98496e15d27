// Reads vitest's JSON results and prints one line for each skipped suite with its reason, then `N passed, N failed`.
// The reason for a skip stands in the title of the suite or test: "... (needs NASC_DATA)".
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

let results;
try {
  results = JSON.parse(readFileSync(process.argv[2], 'utf8'));
} catch {
  console.log('0 passed, 1 failed');
  process.exit(1);
}
for (const { name, assertionResults } of results.testResults) {
  const skipped = assertionResults.filter(({ status }) => status === 'pending' || status === 'skipped' || status === 'todo');
  for (const title of new Set(skipped.map(({ ancestorTitles, title: own }) => ancestorTitles[0] || own))) {
    console.log(`skipped: ${relative(process.cwd(), name)}: ${title}`);
  }
}
// A file that could not be loaded has no tests: it counts as one failure.
const broken = results.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;
console.log(`${results.numPassedTests} passed, ${results.numFailedTests + broken} failed`);
