// A key read back: what kind of block it is, its sizes and attributes, for those who want to tell one block from others.
import { unitSeparator } from './block-key.ts';

export interface ReadBlock {
  /** `expanded_conv`, `Conv`, a macro's name. */
  readonly kind: string;
  /** [H, W, C], or less, of each input. */
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
  /** By name; numbers where they are some. */
  readonly attributes: Readonly<Record<string, number | string>>;
}

const pattern = /^(.+?)-input:([\dx+]+)-output:([\dx]+)((?:-[^:]+:.*)?)$/;

const shapeOf = (text: string): readonly number[] => text.split('x').map(Number);

const attributesOf = (text: string): ReadBlock['attributes'] =>
  Object.fromEntries(
    [...text.matchAll(/-([A-Za-z_]\w*):(.*?)(?=-[A-Za-z_]\w*:|$)/g)].map(([, name, value]) => {
      const number = Number(value);
      return [name!, value === '' || Number.isNaN(number) ? value! : number];
    }),
  );

/** The blocks of a key, several where it is that of a unit. Undefined where it is not written in this grammar. */
export const readBlockKey = (key: string): readonly ReadBlock[] | undefined => {
  const blocks = key.split(unitSeparator).map((one) => {
    const match = pattern.exec(one);
    if (!match) return undefined;
    const [, kind, inputs, output, attributes] = match;
    return { kind: kind!, inputs: inputs!.split('+').map(shapeOf), output: shapeOf(output!), attributes: attributesOf(attributes!) };
  });
  return blocks.includes(undefined) ? undefined : (blocks as readonly ReadBlock[]);
};
