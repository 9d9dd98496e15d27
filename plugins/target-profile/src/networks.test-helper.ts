// What the tables are asked about in tests: the published space and networks, and others.
import { validateSpace } from '@nasc/config';
import type { UserSpace } from '@nasc/config';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { expandSpace } from '@nasc/expand';
import { lookupOf } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { proxylessImagenet } from '@nasc/spaces';

export const ops = { ...lookupOf(primitiveOps), require: (name: string) => lookupOf(primitiveOps).get(name)! };

export const expand = (space: UserSpace): SearchSpaceGraph =>
  expandSpace(validateSpace(space, space.name), { inputShape: [224, 224, 3], classes: 1000 }, { ops, macros: lookupOf(macros) });

const [stem] = proxylessImagenet.stem;

/** The published Proxyless-Mobile, each block a stage of one candidate. */
export const proxylessMobile: UserSpace = {
  ...proxylessImagenet,
  stem: [stem!],
  stages: (
    'k3e1 16, k5e3 32 s2, k3e3 32, k7e3 40 s2, k3e3 40, k5e3 40, k5e3 40, k7e6 80 s2, k5e3 80, k5e3 80, k5e3 80, k5e6 96, k5e3 96, ' +
    'k5e3 96, k5e3 96, k7e6 192 s2, k7e6 192, k7e3 192, k7e3 192, k7e6 320'
  )
    .split(', ')
    .map((block) => {
      const [, kernel, expansion, width, stride] = /^k(\d)e(\d) (\d+)(?: s(\d))?$/.exec(block)!.map(Number);
      return { width: width!, stride: stride || 1, blocks: 1, candidates: [{ macro: 'mbConv', kernel, expansion }], zero: 'never' };
    }),
};

/** The text of what is thrown. */
export const failureOf = async (act: () => unknown): Promise<string> => {
  try {
    await act();
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'no error';
};
