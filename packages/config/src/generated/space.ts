// Generated from schemas/space.schema.json by `npm run generate`; do not edit.

/**
 * Channels out.
 */
export type Width = number;

/**
 * A search space as data: a stem, stages of blocks (each a choice among candidates, or fixed), and a head. Sizes follow from the task's images.
 */
export interface Space {
  /**
   * This schema's address, for completion in editors.
   */
  $schema?: string;
  /**
   * The space that this one is made of: a named one, or the path of a JSON file, from the folder of this one. What is given here stands instead of what it has; "input", "batchNorm" and "choose" are joined key by key.
   */
  extends?: string;
  /**
   * The space's name.
   */
  name: string;
  /**
   * One or two sentences.
   */
  description?: string;
  input: SpaceInput;
  /**
   * Scales every width, rounded to a multiple of 8.
   */
  widthMultiplier: number;
  batchNorm: BatchNormSettings;
  /**
   * Op used after stem, head and inside blocks that do not name their own.
   */
  activation: string;
  /**
   * Candidates that are chosen already, by name: in the order of the choices (null leaves one open, and so does the end of the list), or by block, or by choice where a block has several. With all of them the space is a network.
   */
  choose?:
    | (string | null)[]
    | {
        [k: string]: string;
      };
  /**
   * Fixed blocks before the stages.
   */
  stem: BlockSpec[];
  /**
   * Blocks of one width; the first block of a stage carries its stride.
   */
  stages: Stage[];
  /**
   * Candidates of every block of every stage without its own.
   */
  candidates?: CandidateSpec[];
  /**
   * Fixed blocks after the stages; the last one gives the logits.
   */
  head: BlockSpec[];
}
/**
 * The image sizes that the space is meant for.
 */
export interface SpaceInput {
  /**
   * Height and width that images are resized to; the data set's own size when absent.
   */
  resolution?: number;
  /**
   * Smallest height and width.
   */
  minimum?: number;
  /**
   * Largest height and width.
   */
  maximum?: number;
  /**
   * Channels used where a space is inspected without a data set.
   */
  channels?: number;
  /**
   * Classes used where a space is inspected without a data set.
   */
  classes?: number;
}
/**
 * Settings of every batch normalisation.
 */
export interface BatchNormSettings {
  /**
   * Share of the new statistics in the running ones.
   */
  momentum: number;
  /**
   * Added to the variance.
   */
  epsilon: number;
}
/**
 * A fixed block: a macro with its attributes.
 */
export interface BlockSpec {
  /**
   * Prefix of the ids of its nodes.
   */
  name?: string;
  /**
   * Name of a registered macro, e.g. convBnAct.
   */
  macro: string;
  /**
   * Channels out; scaled by the width multiplier.
   */
  width?: number;
  /**
   * Whether a width multiplier below 1 scales this width too.
   */
  scaleDown: boolean;
  [k: string]: unknown;
}
export interface Stage {
  /**
   * Prefix of the ids of its nodes; stage1, stage2, ... when absent.
   */
  name?: string;
  /**
   * Channels out: of every block, or a list with one number a block.
   */
  width: Width | Width[];
  /**
   * Number of blocks.
   */
  blocks: number;
  /**
   * Stride of the first block.
   */
  stride: number;
  /**
   * The stage's own candidates instead of the space's.
   */
  candidates?: CandidateSpec[];
  /**
   * Whether Zero is appended to the candidates of blocks with a shortcut, so that depth is searched.
   */
  zero: 'where-shortcut' | 'never';
  block?: StageBlockSpec;
}
/**
 * A macro with its attributes. Width and stride come from the stage.
 */
export interface CandidateSpec {
  /**
   * Short name, unique within the choice; made from the attributes when absent.
   */
  name?: string;
  /**
   * Name of a registered macro, e.g. mbConv.
   */
  macro: string;
  [k: string]: unknown;
}
/**
 * A macro that makes whole blocks, shortcut included, instead of a choice with a shortcut: treeBlock. Its learnable edges take the candidates; width and stride come from the stage.
 */
export interface StageBlockSpec {
  /**
   * Name of a registered macro, e.g. treeBlock.
   */
  macro: string;
  [k: string]: unknown;
}
