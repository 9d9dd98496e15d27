// First half of expansion: the space file as a list of blocks with complete attributes. Knows no shapes yet.
import type { BlockSpec, CandidateSpec as SpaceCandidate, Space, Stage } from '@nasc/config';
import type { Diagnostic } from '@nasc/diagnostics';
import { checkAttributes, takesAttribute } from '@nasc/ir';
import type { Attributes, AttributeValue, CandidateSpec, MacroDefinition, MacroLookup } from '@nasc/ir';
import { candidateName } from './candidate-name.ts';
import { messages } from './messages.ts';
import { scaleWidth } from './scale-width.ts';

interface BlockBase {
  /** Prefix of its nodes' ids, and its group. */
  readonly id: string;
  /** JSON pointer of what asks for it, after the file's name. */
  readonly at: string;
}

/** A block of one macro. */
export interface FixedBlock extends BlockBase {
  readonly kind: 'fixed';
  /** The list that it stands in: blocks of one list are never exchanged alone. */
  readonly unit: 'stem' | 'head';
  readonly macro: string;
  readonly attributes: Attributes;
}

/** A block of a stage: a choice, unless one candidate is all there is. */
export interface StageBlock extends BlockBase {
  readonly kind: 'stage';
  readonly width: number;
  readonly stride: number;
  readonly candidates: readonly CandidateSpec[];
  readonly zeroWhereShortcut: boolean;
}

export type Block = FixedBlock | StageBlock;

export interface BlockPlan {
  readonly blocks: readonly Block[];
  readonly problems: readonly Diagnostic[];
}

interface PlanContext {
  readonly space: Space;
  readonly macros: MacroLookup;
  readonly classes: number;
  readonly place: string;
  readonly problems: Map<string, Diagnostic>;
}

const validName = /^[A-Za-z][\w-]*$/;

/** A stage without candidates of its own repeats the space's problems: each is told once. */
const report = ({ problems }: PlanContext, ...found: readonly Diagnostic[]): void => {
  for (const problem of found) problems.set(`${problem.at} ${problem.message}`, problem);
};

const requireMacro = (context: PlanContext, macro: string, at: string): MacroDefinition | undefined => {
  const definition = context.macros.get(macro);
  if (!definition) report(context, messages.unknownMacro(macro, context.macros.names(), `${at}/macro`));
  return definition;
};

/** What the space says once for all its blocks, for a macro that takes it. */
const sharedAttributes = ({ space, classes }: PlanContext, macro: MacroDefinition): Attributes => {
  const shared: Attributes = { activation: space.activation, batchNorm: { ...space.batchNorm }, classes };
  return Object.fromEntries(Object.entries(shared).filter(([name]) => takesAttribute(macro, name)));
};

const checkName = (context: PlanContext, name: string, at: string): void => {
  if (!validName.test(name)) report(context, messages.badName(name, `${at}/name`));
};

const planFixed = (context: PlanContext, spec: BlockSpec, unit: FixedBlock['unit'], id: string, at: string): FixedBlock | undefined => {
  const { name: _, macro, width, scaleDown, ...given } = spec;
  checkName(context, id, at);
  const definition = requireMacro(context, macro, at);
  if (!definition) return undefined;
  const multiplier = scaleDown ? context.space.widthMultiplier : Math.max(1, context.space.widthMultiplier);
  const own = { ...(given as Attributes), ...(width !== undefined && { width: scaleWidth(width, multiplier) }) };
  const { attributes, problems } = checkAttributes(definition, { ...sharedAttributes(context, definition), ...own }, at);
  report(context, ...problems);
  return { kind: 'fixed', unit, id, at, macro, attributes };
};

const planCandidate = (context: PlanContext, spec: SpaceCandidate, sizes: Attributes, at: string): CandidateSpec | undefined => {
  const { name, macro, ...given } = spec as { name?: string; macro: string; [attribute: string]: AttributeValue | undefined };
  const own = given as Attributes;
  const definition = requireMacro(context, macro, at);
  const taken = Object.keys(sizes).filter((attribute) => Object.hasOwn(own, attribute));
  report(context, ...taken.map((attribute) => messages.fromStage(attribute, `${at}/${attribute}`)));
  if (!definition || taken.length > 0) return undefined;
  const fitting = Object.fromEntries(Object.entries(sizes).filter(([attribute]) => takesAttribute(definition, attribute)));
  const { attributes, problems } = checkAttributes(definition, { ...sharedAttributes(context, definition), ...own, ...fitting }, at);
  report(context, ...problems);
  if (problems.length > 0) return undefined;
  const chosen = name ?? candidateName(definition, attributes, own);
  checkName(context, chosen, at);
  return { name: chosen, macro, attributes, origin: at };
};

const planStage = (context: PlanContext, stage: Stage, name: string, at: string): readonly StageBlock[] => {
  const { space } = context;
  checkName(context, name, at);
  const list = stage.candidates ?? space.candidates;
  if (!list) report(context, messages.noCandidates(name, at));
  const listAt = stage.candidates ? at : context.place;
  const width = scaleWidth(stage.width, space.widthMultiplier);
  const named = typeof stage.blocks === 'number' ? Array.from({ length: stage.blocks }, () => undefined) : stage.blocks;
  return named.map((only, index): StageBlock => {
    const stride = index === 0 ? stage.stride : 1;
    const planned = (list ?? []).map((spec, position) =>
      planCandidate(context, spec, { width, stride }, `${listAt}/candidates/${position}`),
    );
    const candidates = planned.filter((candidate) => candidate !== undefined);
    const zeroWhereShortcut = stage.zero === 'where-shortcut' && !candidates.some(({ macro }) => macro === 'zero');
    for (const [position, { name: own, origin }] of candidates.entries()) {
      const repeated = candidates.findIndex((candidate) => candidate.name === own) < position;
      if (repeated || (zeroWhereShortcut && own === 'zero')) report(context, messages.duplicateCandidate(own, origin!));
    }
    const block = { kind: 'stage', id: `${name}.block${index + 1}`, at, width, stride } as const;
    if (only === undefined) return { ...block, candidates, zeroWhereShortcut };
    const chosen = candidates.filter((candidate) => candidate.name === only);
    const isZero = zeroWhereShortcut && only === 'zero';
    if (chosen.length === 0 && !isZero && candidates.length === planned.length) {
      const known = [...candidates.map((candidate) => candidate.name), ...(zeroWhereShortcut ? ['zero'] : [])];
      report(context, messages.unknownCandidate(only, known, `${at}/blocks/${index}`));
    }
    return { ...block, at: `${at}/blocks/${index}`, candidates: chosen, zeroWhereShortcut: isZero };
  });
};

/** The blocks in order, and every problem of the file that shows before shapes are known. `place` ends in a JSON pointer. */
export const planBlocks = (space: Space, macros: MacroLookup, classes: number, place: string): BlockPlan => {
  const context: PlanContext = { space, macros, classes, place, problems: new Map() };
  const named = new Set<string>();
  const unique = (name: string, at: string): string => {
    if (named.has(name)) report(context, messages.duplicateBlock(name, at));
    named.add(name);
    return name;
  };
  const fixed = (part: 'stem' | 'head') =>
    space[part].map((spec, index) => {
      const at = `${place}/${part}/${index}`;
      return planFixed(context, spec, part, unique(spec.name ?? `${part}${index + 1}`, at), at);
    });
  const stages = () =>
    space.stages.map((stage, index) => {
      const at = `${place}/stages/${index}`;
      return planStage(context, stage, unique(stage.name ?? `stage${index + 1}`, at), at);
    });
  const blocks = [...fixed('stem'), ...stages().flat(), ...fixed('head')].filter((block) => block !== undefined);
  return { blocks, problems: [...context.problems.values()] };
};
