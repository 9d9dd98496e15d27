// How far values are from their reference.
import type { Values } from './computers/computer.ts';

const norm = (values: Values): number => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

const difference = (a: Values, b: Values): Float64Array => {
  if (a.length !== b.length) throw new RangeError(`${a.length} values are compared with ${b.length}`);
  return Float64Array.from(b, (value, at) => a[at]! - value);
};

/** ||a - reference|| / ||reference||, or ||a|| where the reference is zero. */
export const relativeError = (a: Values, reference: Values): number => norm(difference(a, reference)) / (norm(reference) || 1);

type Table = ReadonlyMap<string, Values>;

const entry = (table: Table, id: string): Values => {
  const values = table.get(id);
  if (!values) throw new RangeError(`There is no "${id}" among ${[...table.keys()].join(', ')}`);
  return values;
};

/**
 * Largest relative error of a tensor. A gradient that is zero but for rounding (of a shift in front of another
 * normalisation) has none: norms are taken as at least 1e-2 of the largest.
 */
export const worstGradient = (found: Table, reference: Table): { readonly error: number; readonly id: string } => {
  const floor = 1e-2 * Math.max(...[...reference.values()].map(norm));
  let worst = { error: 0, id: '' };
  for (const [id, values] of reference) {
    const error = norm(difference(entry(found, id), values)) / (Math.max(norm(values), floor) || 1);
    if (!(error <= worst.error)) worst = { error, id };
  }
  return worst;
};

/** Of all tensors together. */
export const wholeError = (found: Table, reference: Table): number => {
  const flat = (table: Table) => [...reference.keys()].flatMap((id) => Array.from(entry(table, id)));
  return relativeError(flat(found), flat(reference));
};
