// The patterns that rewrite networks before export and code generation.
import type { PatternDefinition } from '@nasc/ir';
import { dropAddedZeroPattern } from './drop-added-zero.ts';
import { dropIdentityPattern } from './drop-identity.ts';
import { foldBatchNormPattern } from './fold-batch-norm.ts';

export const rewritingPatterns: readonly PatternDefinition[] = [foldBatchNormPattern, dropIdentityPattern, dropAddedZeroPattern];
