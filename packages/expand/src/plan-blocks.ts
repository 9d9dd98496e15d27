// First half of expansion: the space file as a list of blocks with complete attributes. Knows no shapes yet.
import type { BlockSpec, CandidateSpec as SpaceCandidate, Locate, Space, Stage, StageBlockSpec } from '@nasc/config';
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
  /** The list that it stands in, of blocks that are never exchanged alone; absent for a block of a stage. */
  readonly unit?: 'stem' | 'head';
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
  readonly locate: Locate;
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

const planFixed = (context: PlanContext, spec: BlockSpec, unit: 'stem' | 'head', id: string, at: string): FixedBlock | undefined => {
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

/** What comes from the stage, for a candidate or a block that does not say it itself; undefined where it does, or is wrong. */
const fromStage = (
  context: PlanContext,
  what: 'candidate' | 'block',
  { macro, own }: { readonly macro: string; readonly own: Attributes },
  given: Attributes,
  at: string,
): { readonly definition: MacroDefinition; readonly attributes: Attributes } | undefined => {
  const definition = requireMacro(context, macro, at);
  const taken = Object.keys(given).filter((attribute) => Object.hasOwn(own, attribute));
  report(context, ...taken.map((attribute) => messages.fromStage(what, attribute, `${at}/${attribute}`)));
  if (!definition || taken.length > 0) return undefined;
  const fitting = Object.fromEntries(Object.entries(given).filter(([attribute]) => takesAttribute(definition, attribute)));
  const { attributes, problems } = checkAttributes(definition, { ...sharedAttributes(context, definition), ...own, ...fitting }, at);
  report(context, ...problems);
  return problems.length > 0 ? undefined : { definition, attributes };
};

const planCandidate = (context: PlanContext, spec: SpaceCandidate, sizes: Attributes, at: string): CandidateSpec | undefined => {
  const { name, macro, ...given } = spec as { name?: string; macro: string; [attribute: string]: AttributeValue | undefined };
  const own = given as Attributes;
  const planned = fromStage(context, 'candidate', { macro, own }, sizes, at);
  if (!planned) return undefined;
  const chosen = name ?? candidateName(planned.definition, planned.attributes, own);
  checkName(context, chosen, at);
  return { name: chosen, macro, attributes: planned.attributes, origin: at };
};

const planCandidates = (context: PlanContext, list: readonly SpaceCandidate[], sizes: Attributes, at: string): readonly CandidateSpec[] =>
  list.map((spec, index) => planCandidate(context, spec, sizes, `${at}/${index}`)).filter((candidate) => candidate !== undefined);

const checkUnique = (context: PlanContext, candidates: readonly CandidateSpec[], zeroWhereShortcut: boolean): void => {
  for (const [position, { name, origin }] of candidates.entries()) {
    const repeated = candidates.findIndex((candidate) => candidate.name === name) < position;
    if (repeated || (zeroWhereShortcut && name === 'zero')) report(context, messages.duplicateCandidate(name, origin!));
  }
};

/** A block that a macro makes whole, its learnable edges among the stage's candidates. */
const planWhole = (context: PlanContext, spec: StageBlockSpec, given: Attributes, id: string, at: string): FixedBlock | undefined => {
  const { macro, ...own } = spec as { macro: string; [attribute: string]: AttributeValue };
  const planned = fromStage(context, 'block', { macro, own }, given, at);
  return planned && { kind: 'fixed', id, at, macro, attributes: planned.attributes };
};

const planStage = (context: PlanContext, stage: Stage, name: string, at: string): readonly Block[] => {
  const { space, locate } = context;
  checkName(context, name, at);
  const widths = typeof stage.width === 'number' ? stage.blocks : stage.width.length;
  if (widths !== stage.blocks) report(context, messages.widthsAndBlocks(widths, stage.blocks, `${at}/width`));
  const whole = stage.block && context.macros.get(stage.block.macro);
  const list = stage.candidates ?? space.candidates;
  if (!list && !(whole && !takesAttribute(whole, 'candidates'))) report(context, messages.noCandidates(name, at));
  const listAt = stage.candidates ? `${at}/candidates` : locate('/candidates');
  const blocks = Array.from({ length: stage.blocks }, (_, index): Block | undefined => {
    const id = `${name}.block${index + 1}`;
    const width = scaleWidth(typeof stage.width === 'number' ? stage.width : (stage.width[index] ?? 1), space.widthMultiplier);
    const sizes = { width, stride: index === 0 ? stage.stride : 1 };
    const candidates = planCandidates(context, list ?? [], sizes, listAt);
    const zeroWhereShortcut = !stage.block && stage.zero === 'where-shortcut' && !candidates.some(({ macro }) => macro === 'zero');
    checkUnique(context, candidates, zeroWhereShortcut);
    if (!stage.block) return { kind: 'stage', id, at, ...sizes, candidates, zeroWhereShortcut };
    return planWhole(context, stage.block, { ...sizes, candidates: candidates as unknown as AttributeValue }, id, `${at}/block`);
  });
  return blocks.filter((block) => block !== undefined);
};

/** The blocks in order, and every problem of the file that shows before shapes are known. */
export const planBlocks = (space: Space, macros: MacroLookup, classes: number, locate: Locate): BlockPlan => {
  const context: PlanContext = { space, macros, classes, locate, problems: new Map() };
  const named = new Set<string>();
  const unique = (name: string, at: string): string => {
    if (named.has(name)) report(context, messages.duplicateBlock(name, at));
    named.add(name);
    return name;
  };
  const fixed = (part: 'stem' | 'head') =>
    space[part].map((spec, index) => {
      const at = locate(`/${part}/${index}`);
      return planFixed(context, spec, part, unique(spec.name ?? `${part}${index + 1}`, at), at);
    });
  const stages = () =>
    space.stages.map((stage, index) => {
      const at = locate(`/stages/${index}`);
      return planStage(context, stage, unique(stage.name ?? `stage${index + 1}`, at), at);
    });
  const blocks = [...fixed('stem'), ...stages().flat(), ...fixed('head')].filter((block) => block !== undefined);
  return { blocks, problems: [...context.problems.values()] };
};
