// Second half of expansion: blocks to candidates to primitive ops, shapes inferred on the way. Pure.
import { locateIn } from '@nasc/config';
import type { Locate, Space } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import { buildGraph, float32, printType } from '@nasc/ir';
import type { MacroLookup, NodeId, OpLookup, RootBuilder, SearchSpaceGraph } from '@nasc/ir';
import { chooseCandidates } from './choose-candidates.ts';
import { messages } from './messages.ts';
import { planBlocks } from './plan-blocks.ts';
import type { Block, FixedBlock, StageBlock } from './plan-blocks.ts';

export interface SpaceTask {
  /** [H, W, C] */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
}

export interface ExpandRegistry {
  readonly ops: OpLookup;
  readonly macros: MacroLookup;
}

const addFixed = (builder: RootBuilder, { id, at, macro, attributes, unit }: FixedBlock, input: NodeId): NodeId =>
  builder.group({ id, macro, attributes, shortcut: false, ...(unit && { unit }) }, at).macro('', macro, [input], attributes);

/** A choice among the candidates, then the shortcut where size and width stay. Zero comes last, where there is a shortcut. */
const addStageBlock = (builder: RootBuilder, block: StageBlock, input: NodeId): NodeId => {
  const { id, at, width, stride } = block;
  const shortcut = stride === 1 && builder.typeOf(input).shape[2] === width;
  const zero = { name: 'zero', macro: 'zero', attributes: { width, stride } };
  const ownZero = block.candidates.find((candidate) => candidate.macro === 'zero');
  const candidates = shortcut && block.zeroWhereShortcut ? [...block.candidates, zero] : block.candidates;
  if ((ownZero && !shortcut) || candidates.length === 0)
    throw new DiagnosticError([messages.zeroWithoutShortcut(id, ownZero?.origin ?? at)]);
  const [only, ...others] = candidates;
  const isFixed = others.length === 0;
  const macro = isFixed ? only!.macro : 'choice';
  const attributes = isFixed ? only!.attributes : { width, stride };
  const group = builder.group({ id, macro, attributes, shortcut }, at);
  const output = isFixed ? group.macro(only!.name, only!.macro, [input], only!.attributes) : group.choice('choice', [input], candidates);
  return shortcut ? group.op('add', 'add', [output, input]) : output;
};

/** A stride needs as many pixels as it skips. */
const checkRoom = (builder: RootBuilder, block: Block, input: NodeId): void => {
  const stride = block.kind === 'stage' ? block.stride : block.attributes['stride'];
  const [height, width] = builder.typeOf(input).shape;
  if (typeof stride !== 'number' || height === undefined || width === undefined) return;
  if (Math.min(height, width) < stride) throw new DiagnosticError([messages.imageTooSmall(height, width, block.id, stride, block.at)]);
};

/** What every macro that takes an activation puts after its convolutions. */
const checkActivation = ({ activation }: Space, ops: OpLookup, locate: Locate): void => {
  const fits = (name: string): boolean => {
    const op = ops.get(name);
    const { required } = (op?.attributesSchema ?? {}) as { readonly required?: readonly string[] };
    return op?.arity === 1 && (required ?? []).length === 0;
  };
  if (!fits(activation))
    throw new DiagnosticError([messages.unknownActivation(activation, ops.names().filter(fits), locate('/activation'))]);
};

const checkImageSize = (space: Space, [height, width]: SpaceTask['inputShape'], locate: Locate): void => {
  const { minimum = 1, maximum = Infinity } = space.input;
  if (minimum > maximum) throw new DiagnosticError([messages.inputReversed(minimum, maximum, locate('/input'))]);
  if (Math.min(height, width) < minimum || Math.max(height, width) > maximum) {
    throw new DiagnosticError([messages.imageOutside(height, width, minimum, maximum, locate('/input'))]);
  }
};

/**
 * The search space for images [H, W, C] and a number of classes; `locate` says where a JSON pointer into the space stands. Throws SPACE_... and IR_... diagnostics, as many at once as can be known.
 */
export const expandSpace = (
  space: Space,
  { inputShape, classes }: SpaceTask,
  { ops, macros }: ExpandRegistry,
  locate: Locate = locateIn(space.name),
): SearchSpaceGraph => {
  const { blocks, problems } = planBlocks(space, macros, classes, locate);
  if (problems.length > 0) throw new DiagnosticError(problems);
  checkActivation(space, ops, locate);
  checkImageSize(space, inputShape, locate);
  const graph = buildGraph({ ops, macros }, (builder) => {
    let value = builder.input('input', float32(...inputShape));
    for (const block of blocks) {
      checkRoom(builder, block, value);
      value = block.kind === 'fixed' ? addFixed(builder, block, value) : addStageBlock(builder, block, value);
    }
    const logits = builder.typeOf(value);
    if (logits.shape.length !== 1 || logits.shape[0] !== classes) {
      throw new DiagnosticError([messages.headOutput(printType(logits), classes, locate(`/head/${space.head.length - 1}`))]);
    }
    return value;
  });
  return space.choose ? chooseCandidates(graph, space.choose, locate) : graph;
};
