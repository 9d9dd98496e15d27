import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compile } from './compiler.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'nasc-compiler-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

const twoUnits = new Map([
  ['add.h', 'int add(int a, int b);\n'],
  ['add.c', '#include "add.h"\nint add(int a, int b) { return a + b; }\n'],
  ['main.c', '#include <stdio.h>\n#include "add.h"\nint main(void) { printf("%d", add(40, 2)); return 0; }\n'],
]);

describe('compile', () => {
  it('compiles several units into a program, once', async () => {
    const program = await compile({ kind: 'executable', sources: twoUnits, flags: ['-O1'], cacheFolder });
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('42');
    const entries = readdirSync(cacheFolder);
    expect(await compile({ kind: 'executable', sources: twoUnits, flags: ['-O1'], cacheFolder })).toBe(program);
    expect(readdirSync(cacheFolder)).toEqual(entries);
    expect(await compile({ kind: 'executable', sources: twoUnits, flags: ['-O2'], cacheFolder })).not.toBe(program);
  });

  it('says what the compiler said about wrong code', async () => {
    const sources = new Map([['main.c', 'int main(void) { return nothing; }\n']]);
    await expect(compile({ kind: 'executable', sources, flags: [], cacheFolder })).rejects.toThrow(/COMPILE_FAILED.*nothing.*undeclared/);
  });
});
