// Everything that this package tells the user. Codes are permanent.
import { didYouMean, errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const size = (height: number, width: number): string => `${height}x${width}`;

export const messages = {
  fileNotRead: (path: string, reason: string, at: string): Diagnostic =>
    errorDiagnostic('SPACE_FILE_NOT_READ', `The space file "${path}" cannot be read: ${reason}.`, {
      at,
      hint: `A path starts from the folder of the ${at.endsWith('/extends') ? 'file that it stands in' : 'config'}.`,
    }),

  extendsItself: (places: readonly string[], at: string): Diagnostic =>
    errorDiagnostic('SPACE_EXTENDS_ITSELF', `The space extends itself: ${places.join(' -> ')}.`, {
      at,
      hint: 'Let the last of them extend another space, or none.',
    }),

  widthsAndBlocks: (widths: number, blocks: number, at: string): Diagnostic =>
    errorDiagnostic(
      'SPACE_WIDTHS',
      `The stage has ${blocks} ${blocks === 1 ? 'block' : 'blocks'} and a list of ${widths} ${widths === 1 ? 'width' : 'widths'}.`,
      {
        at,
        hint: 'Give one width for each block, or a number for all of them.',
      },
    ),

  chosenTooMany: (names: number, choices: number, at: string): Diagnostic =>
    errorDiagnostic('SPACE_CHOOSE', `"choose" has ${names} names, and the space ${choices} choices.`, {
      at,
      hint: 'Give at most one name for each choice.',
    }),

  chosenNowhere: (id: string, known: readonly string[], at: string): Diagnostic => {
    const close = didYouMean(id, known);
    return errorDiagnostic('SPACE_CHOOSE', `There is no choice "${id}".`, {
      at,
      hint: close ? `Did you mean "${close}"?` : '`nasc inspect` shows the blocks of the space; one with a single candidate is no choice.',
    });
  },

  chosenTwice: (id: string, at: string): Diagnostic =>
    errorDiagnostic('SPACE_CHOOSE', `"${id}" is chosen twice: by its block and by itself.`, { at, hint: 'Keep one of the two.' }),

  chosenUnknown: (name: string, choice: string, known: readonly string[], at: string): Diagnostic => {
    const close = didYouMean(name, known);
    return errorDiagnostic('SPACE_CHOOSE', `"${choice}" has no candidate "${name}".`, {
      at,
      hint: close ? `Did you mean "${close}"?` : `Known: ${known.join(', ')}.`,
    });
  },

  unknownMacro: (macro: string, known: readonly string[], at: string): Diagnostic => {
    const close = didYouMean(macro, known);
    return errorDiagnostic('SPACE_UNKNOWN_MACRO', `There is no macro "${macro}".`, {
      at,
      hint: close ? `Did you mean "${close}"?` : `Known: ${known.join(', ')}.`,
    });
  },

  noCandidates: (stage: string, at: string): Diagnostic =>
    errorDiagnostic('SPACE_NO_CANDIDATES', `${stage} has no candidates, and the space has none of its own.`, {
      at,
      hint: 'Give "candidates" to the space or to the stage.',
    }),

  duplicateCandidate: (name: string, at: string): Diagnostic =>
    errorDiagnostic('SPACE_DUPLICATE_CANDIDATE', `Two candidates of one choice are called "${name}".`, {
      at,
      hint: 'Give one of them a "name" of its own.',
    }),

  duplicateBlock: (name: string, at: string): Diagnostic =>
    errorDiagnostic('SPACE_DUPLICATE_BLOCK', `Two parts of the space are called "${name}".`, {
      at,
      hint: 'Give one of them another "name".',
    }),

  badName: (name: string, at: string): Diagnostic =>
    errorDiagnostic('SPACE_BAD_NAME', `"${name}" cannot be a name: ids are made from it.`, {
      at,
      hint: 'Letters, digits, "_" and "-"; the first is a letter.',
    }),

  fromStage: (what: 'candidate' | 'block', attribute: string, at: string): Diagnostic =>
    errorDiagnostic('SPACE_CANDIDATE_SIZE', `A ${what} cannot set "${attribute}": it comes from the stage.`, {
      at,
      hint: `Set it on the stage${what === 'candidate' ? '; give the stage its own candidates where only some of them fit' : ''}.`,
    }),

  unknownActivation: (activation: string, known: readonly string[], at: string): Diagnostic => {
    const close = didYouMean(activation, known);
    return errorDiagnostic('SPACE_UNKNOWN_ACTIVATION', `There is no op "${activation}" that can be an activation.`, {
      at,
      hint: close ? `Did you mean "${close}"?` : `Ops of one input that need no attributes: ${known.join(', ')}.`,
    });
  },

  zeroWithoutShortcut: (block: string, at: string): Diagnostic =>
    errorDiagnostic(
      'SPACE_ZERO_WITHOUT_SHORTCUT',
      `Zero cannot be a candidate of "${block}": without a shortcut nothing of the image would be left.`,
      {
        at,
        hint: 'Leave it out: where a block keeps size and width, Zero joins the candidates by itself, unless the stage says "zero": "never".',
      },
    ),

  inputReversed: (minimum: number, maximum: number, at: string): Diagnostic =>
    errorDiagnostic('SPACE_INPUT_REVERSED', `No image fits: "input.minimum" is ${minimum}, and "input.maximum" is ${maximum}.`, {
      at,
      hint: 'Exchange the two.',
    }),

  imageOutside: (height: number, width: number, minimum: number, maximum: number, at: string): Diagnostic =>
    errorDiagnostic(
      'SPACE_IMAGE_SIZE',
      `The space is for images of ${minimum} ${maximum === Infinity ? 'or more' : `to ${maximum}`} pixels; these have ${size(height, width)}.`,
      { at, hint: 'Set "input.resolution" to resize them, or take another space.' },
    ),

  imageTooSmall: (height: number, width: number, block: string, stride: number, at: string): Diagnostic =>
    errorDiagnostic(
      'SPACE_IMAGE_TOO_SMALL',
      `Nothing is left of the image: ${size(height, width)} pixels reach "${block}", which has stride ${stride}.`,
      {
        at,
        hint: 'Use larger images ("input.resolution"), or lower the stride of a stage or of the stem.',
      },
    ),

  headOutput: (found: string, classes: number, at: string): Diagnostic =>
    errorDiagnostic('SPACE_HEAD_OUTPUT', `The head gives ${found}; a classifier of ${classes} classes gives ${classes} logits.`, {
      at,
      hint: 'End the head with { "macro": "linearHead" }.',
    }),

  normalisationChannels: (key: string, given: number, channels: number): Diagnostic =>
    errorDiagnostic('TASK_NORMALISATION_CHANNELS', `"${key}" has ${given} values, and the images have ${channels} channels.`, {
      at: `/task/normalisation/${key}`,
      hint: 'Give one value a channel (red, green, blue), or leave "normalisation" out.',
    }),

  noOnnx: (op: string, node: string): Diagnostic =>
    errorDiagnostic('OP_NOT_EXPORTABLE', `Op "${op}" has no ONNX lowering, and every network is exported.`, {
      at: node,
      hint: 'Add `lower.onnx` to the op: one ONNX node, or several that do the same.',
    }),
};
