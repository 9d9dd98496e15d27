// Every macro: candidates and fixed blocks. A new one is its file and a line here.
import type { MacroDefinition } from '@nasc/ir';
import { bnAct } from './bn-act.ts';
import { convBnAct } from './conv-bn-act.ts';
import { identityMacro } from './identity-macro.ts';
import { linearHead } from './linear-head.ts';
import { mbConv } from './mb-conv.ts';
import { avgPoolMacro, maxPoolMacro } from './pool-macros.ts';
import { separableConv } from './separable-conv.ts';
import { treeBlock } from './tree-block.ts';
import { zeroMacro } from './zero-macro.ts';

export const macros: readonly MacroDefinition[] = [
  mbConv,
  convBnAct,
  bnAct,
  separableConv,
  treeBlock,
  linearHead,
  maxPoolMacro,
  avgPoolMacro,
  identityMacro,
  zeroMacro,
];
