import { describe, expect, it } from 'vitest';
import { selectFunctions } from './select-functions.ts';

const source = `/* helper; with { braces } in its comment */
static inline float twice(float x) { return x * 2; }
static inline float unused_helper(float x) { return -x; }
#define SQUARE(x) \\
  ((x) * (x))
static const float table[2] = {1.0f, 2.0f};

NASC_KERNEL(forward) {
  for (int64_t i = first; i < last; i++) { tensors[1][i] = twice(SQUARE(tensors[0][i])) + table[0]; }
}

// The gradient; not for inference.
NASC_KERNEL(backward) { NASC_UNUSED(dims); unused_helper(0); }
`;

describe('selectFunctions', () => {
  it('keeps a kernel with its helpers, macros and tables, and drops the rest', () => {
    const text = selectFunctions(source, new Set(['forward']));
    for (const kept of ['NASC_KERNEL(forward)', 'float twice', '#define SQUARE(x) \\\n', 'table[2]']) expect(text).toContain(kept);
    for (const dropped of ['backward', 'unused_helper']) expect(text).not.toContain(dropped);
  });

  it('follows helpers through helpers', () => {
    expect(
      selectFunctions('static int a(void) { return 1; }\nstatic int b(void) { return a(); }\nNASC_KERNEL(k) { b(); }', new Set(['k'])),
    ).toContain('static int a');
  });
});
