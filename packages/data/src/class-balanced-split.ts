// Cuts one labelled split into disjoint parts (training, arch-validation, scoring), each with the class shares of the
// whole: with equal classes every part is balanced, with unequal ones no part takes all images of a rare class.
import { DiagnosticError } from '@nasc/diagnostics';
import { Random } from '@nasc/random';
import { messages } from './messages.ts';

/** Images in a part; `rest` (at most once) takes what the other parts leave. */
export type PartSize = number | 'rest';

/**
 * Image i of the n_c of a class, in shuffled order, stands at (i + 1/2) / n_c of the whole; parts are consecutive pieces
 * of all images sorted by that place, so every piece has about n_c / n of each class.
 */
const stratifiedOrder = (labels: Uint16Array, seed: number): Uint32Array => {
  const byClass = new Map<number, number[]>();
  for (const [index, label] of labels.entries()) {
    const members = byClass.get(label);
    if (members) members.push(index);
    else byClass.set(label, [index]);
  }
  const places = new Float64Array(labels.length);
  const ranks = new Uint32Array(labels.length);
  const classes = [...byClass.keys()].toSorted((a, b) => a - b);
  const classOrder = new Random({ seed, stream: 'data.split.classes' }).permutation(classes.length);
  for (const [position, label] of classes.entries()) {
    const members = byClass.get(label)!;
    const order = new Random({ seed, stream: 'data.split', index: label }).permutation(members.length);
    for (const [i, member] of order.entries()) {
      places[members[member]!] = (i + 0.5) / members.length;
      ranks[members[member]!] = classOrder[position]!;
    }
  }
  return Uint32Array.from({ length: labels.length }, (_, index) => index).toSorted(
    (a, b) => places[a]! - places[b]! || ranks[a]! - ranks[b]!,
  );
};

/**
 * Disjoint index sets, ascending. Parts are cut in the order of `sizes`, so a part depends only on the sizes before it.
 * Throws `DATA_TOO_FEW_IMAGES` when there are not enough images.
 */
export const classBalancedSplit = <Name extends string>(
  labels: Uint16Array,
  sizes: Readonly<Record<Name, PartSize>>,
  seed: number,
): Readonly<Record<Name, Uint32Array>> => {
  const names = Object.keys(sizes) as Name[];
  const fixed = names.reduce((sum, name) => sum + (sizes[name] === 'rest' ? 0 : (sizes[name] as number)), 0);
  if (names.filter((name) => sizes[name] === 'rest').length > 1) throw new RangeError('more than one part takes the rest');
  const rest = labels.length - fixed;
  if (rest < 0 || (rest === 0 && names.some((name) => sizes[name] === 'rest'))) {
    throw new DiagnosticError([messages.tooFewImages(labels.length, sizes)]);
  }
  const order = stratifiedOrder(labels, seed);
  const parts: Partial<Record<Name, Uint32Array>> = {};
  let start = 0;
  for (const name of names) {
    const size = sizes[name];
    const end = start + (size === 'rest' ? rest : (size as number));
    parts[name] = order.slice(start, end).toSorted();
    start = end;
  }
  return parts as Record<Name, Uint32Array>;
};
