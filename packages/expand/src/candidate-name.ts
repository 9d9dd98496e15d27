// The name of a candidate that has none: a function of the candidate alone, so that a sibling changes no id.
import type { Attributes, MacroDefinition } from '@nasc/ir';

/** `squeezeExcite` -> `se` */
const initials = (attribute: string): string => attribute.replaceAll(/(?<=.)[^A-Z]+/g, '').toLowerCase();

/** The macro's own label, or its name with what the candidate sets: `maxPool_k3`. */
export const candidateName = (macro: MacroDefinition, completed: Attributes, given: Attributes): string => {
  if (macro.label) return macro.label(completed);
  const parts = Object.entries(given).flatMap(([attribute, value]) => {
    if (value === false || value === null || typeof value === 'object') return [];
    return [`${initials(attribute)}${value === true ? '' : String(value).replaceAll(/[^\w-]/g, '_')}`];
  });
  return parts.length > 0 ? `${macro.name}_${parts.join('')}` : macro.name;
};
