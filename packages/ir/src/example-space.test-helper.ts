// A search space of one choice, for the tests of this package.
import { buildGraph } from './build/build-graph.ts';
import { tiny } from './tiny-ops.test-helper.ts';
import { float32 } from './tensor-type.ts';

export const exampleSpace = (names: readonly string[] = ['b2', 'b8', 'skip']) =>
  buildGraph(tiny, (builder) => {
    const input = builder.input('input', float32(3));
    const stem = builder
      .group({ id: 'stem', macro: 'dense', attributes: {}, shortcut: false }, '#/stem/0')
      .op('dense', 'dense', [input], { width: 4 });
    const block = builder.group({ id: 'block1', macro: 'choice', attributes: {}, shortcut: true }, '#/stages/0');
    const specs = {
      b2: { name: 'b2', macro: 'bottleneck', attributes: { inside: 2 } },
      b4: { name: 'b4', macro: 'bottleneck', attributes: { inside: 4 } },
      b8: { name: 'b8', macro: 'bottleneck', attributes: { inside: 8 } },
      skip: { name: 'skip', macro: 'skip', attributes: {} },
    };
    const choice = block.choice(
      'choice',
      [stem],
      names.map((name) => specs[name as keyof typeof specs]),
    );
    const sum = block.op('add', 'add', [choice, stem]);
    return builder.op('logits', 'dense', [sum], { width: 2 });
  });
