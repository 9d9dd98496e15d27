// The order of the passes of all parts: the parts' own lists, plus what plugins placed, replaced or removed.
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { messages } from '../messages.ts';
import type { StagePart } from '../part.ts';
import type { Pass } from '../pass.ts';
import type { PassPlacement } from '../plugin.ts';
import type { Provenance } from './registrations.ts';

export interface OwnedPass {
  readonly pass: Pass<never, unknown>;
  readonly provenance: Provenance;
}

export interface PlacedPass extends OwnedPass {
  readonly placement: PassPlacement;
}

export type PassEdit =
  | { readonly kind: 'replace'; readonly name: string; readonly pass: Pass<never, unknown>; readonly provenance: Provenance }
  | { readonly kind: 'remove'; readonly name: string; readonly provenance: Provenance };

export interface OrderedPart {
  readonly part: StagePart;
  readonly provenance: Provenance;
  readonly passes: readonly OwnedPass[];
}

const list = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names;

const anchorsOf = ({ placement }: PlacedPass): readonly string[] => [...list(placement.after), ...list(placement.before)];

const circleOf = (passes: readonly PlacedPass[]): DiagnosticError =>
  new DiagnosticError([messages.passCircle(passes.map(({ pass, provenance }) => ({ pass: pass.name, plugin: provenance.plugin })))]);

/** Kahn's algorithm; among passes that are free, the part's own come last, so that what is placed before stays close. */
const sortPart = (own: readonly OwnedPass[], placed: readonly PlacedPass[]): OwnedPass[] => {
  const all: OwnedPass[] = [...own, ...placed];
  const successors = new Map<string, Set<string>>(all.map(({ pass }) => [pass.name, new Set()]));
  own.slice(1).forEach(({ pass }, index) => successors.get(own[index]!.pass.name)!.add(pass.name));
  const neighbour = (anchor: string, offset: number) => {
    const position = own.findIndex(({ pass }) => pass.name === anchor);
    return position < 0 ? undefined : own[position + offset]?.pass.name;
  };
  for (const { pass, placement } of placed) {
    const before = list(placement.before);
    const after = list(placement.after);
    for (const next of before) successors.get(pass.name)!.add(next);
    for (const previous of after) successors.get(previous)!.add(pass.name);
    // Placed on one side only, it stays close to its anchor: the part's next own pass on the other side keeps its distance.
    if (before.length === 0)
      for (const following of after.map((anchor) => neighbour(anchor, 1))) if (following) successors.get(pass.name)!.add(following);
    if (after.length === 0)
      for (const preceding of before.map((anchor) => neighbour(anchor, -1))) if (preceding) successors.get(preceding)!.add(pass.name);
  }
  const waiting = new Map<string, number>(all.map(({ pass }) => [pass.name, 0]));
  for (const targets of successors.values()) for (const target of targets) waiting.set(target, waiting.get(target)! + 1);
  const order: OwnedPass[] = [];
  const candidates = [...placed, ...own];
  while (order.length < all.length) {
    const next = candidates.find((item) => !order.includes(item) && waiting.get(item.pass.name) === 0);
    if (!next) {
      const circle = placed.filter((item) => !order.includes(item));
      throw circleOf(circle);
    }
    order.push(next);
    for (const target of successors.get(next.pass.name)!) waiting.set(target, waiting.get(target)! - 1);
  }
  return order;
};

/** What is wrong with names alone: taken ones, unknown ones, and edits that contradict each other. */
const checkNames = (
  parts: readonly { readonly part: StagePart; readonly provenance: Provenance }[],
  placed: readonly PlacedPass[],
  edits: readonly PassEdit[],
): readonly Diagnostic[] => {
  const diagnostics: Diagnostic[] = [];
  const owners = new Map<string, string>();
  const named = [...parts.flatMap(({ part, provenance }) => part.passes.map((pass) => ({ pass, provenance }))), ...placed];
  for (const { pass, provenance } of named) {
    const first = owners.get(pass.name);
    if (first === undefined) owners.set(pass.name, provenance.plugin);
    else diagnostics.push(messages.passDuplicate(pass.name, first, provenance.plugin));
  }
  const known = [...owners.keys()];
  for (const item of placed) {
    const { name } = item.pass;
    const { plugin } = item.provenance;
    if (anchorsOf(item).length === 0) diagnostics.push(messages.passNotPlaced(name, plugin));
    for (const anchor of anchorsOf(item)) {
      if (!owners.has(anchor)) diagnostics.push(messages.passAnchorUnknown(name, anchor, known, plugin));
    }
  }
  const editors = new Map<string, string>();
  for (const { kind, name, provenance } of edits) {
    const { plugin } = provenance;
    const first = editors.get(name);
    if (!owners.has(name)) diagnostics.push(messages.passUnknown(name, kind, known, plugin));
    else if (first === undefined) editors.set(name, plugin);
    else diagnostics.push(messages.passEditedTwice(name, first, plugin));
  }
  return diagnostics;
};

/**
 * Throws PASS_DUPLICATE, PASS_NOT_PLACED, PASS_ANCHOR_UNKNOWN, PASS_UNKNOWN and PASS_EDITED_TWICE, all at once, or
 * PASS_ANCHORS_APART or PASS_CIRCLE; each names the plugin.
 */
export const orderPasses = (
  parts: readonly { readonly part: StagePart; readonly provenance: Provenance }[],
  placed: readonly PlacedPass[],
  edits: readonly PassEdit[],
): readonly OrderedPart[] => {
  const diagnostics = checkNames(parts, placed, edits);
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);

  // A placed pass belongs to the part of its anchors, through other placed passes if need be.
  const partOf = new Map(parts.flatMap(({ part }) => part.passes.map(({ name }) => [name, part] as const)));
  for (let changed = true; changed;) {
    changed = false;
    for (const item of placed) {
      if (partOf.has(item.pass.name)) continue;
      const part = anchorsOf(item)
        .map((anchor) => partOf.get(anchor))
        .find((found) => found !== undefined);
      if (!part) continue;
      partOf.set(item.pass.name, part);
      changed = true;
    }
  }
  const homeless = placed.filter((item) => !partOf.has(item.pass.name));
  if (homeless.length > 0) throw circleOf(homeless);
  for (const item of placed) {
    const homes = [...new Set(anchorsOf(item).map((anchor) => partOf.get(anchor)!.name))];
    if (homes.length > 1) throw new DiagnosticError([messages.passAnchorsApart(item.pass.name, homes, item.provenance.plugin)]);
  }

  return parts.map(({ part, provenance }) => {
    const own = part.passes.map((pass): OwnedPass => ({ pass, provenance }));
    const sorted = sortPart(
      own,
      placed.filter((item) => partOf.get(item.pass.name) === part),
    );
    const passes = sorted.flatMap((item) => {
      const edit = edits.find(({ name }) => name === item.pass.name);
      if (!edit) return [item];
      return edit.kind === 'remove' ? [] : [{ pass: edit.pass, provenance: edit.provenance }];
    });
    return { part, provenance, passes };
  });
};
