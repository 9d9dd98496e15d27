import { native } from './engine-under-test.ts';
import { gatesSuite } from './gates-suite.ts';
import { gradientsSuite } from './gradients-suite.ts';
import { opsSuite } from './ops-suite.ts';
import { programSuite } from './program-suite.ts';
import { statisticsSuite } from './statistics-suite.ts';
import { updateSuite } from './update-suite.ts';

await opsSuite(native);
await gradientsSuite(native);
await gatesSuite(native);
await statisticsSuite(native);
updateSuite(native);
programSuite(native);
