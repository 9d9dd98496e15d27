// Everything that this package tells the user. Codes are permanent.
import { didYouMean, errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const size = (height: number, width: number): string => `${height}x${width}`;

export const messages = {
  fileNotRead: (path: string, reason: string): Diagnostic =>
    errorDiagnostic('SPACE_FILE_NOT_READ', `The space file "${path}" cannot be read: ${reason}.`, {
      at: '/space',
      hint: 'A path starts from the folder of the config.',
    }),

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

  unknownCandidate: (candidate: string, known: readonly string[], at: string): Diagnostic => {
    const close = didYouMean(candidate, known);
    return errorDiagnostic('SPACE_UNKNOWN_CANDIDATE', `There is no candidate "${candidate}".`, {
      at,
      hint: close ? `Did you mean "${close}"?` : `Known: ${known.join(', ')}.`,
    });
  },

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

  fromStage: (attribute: string, at: string): Diagnostic =>
    errorDiagnostic('SPACE_CANDIDATE_SIZE', `A candidate cannot set "${attribute}": it comes from the stage.`, {
      at,
      hint: 'Set it on the stage; give the stage its own candidates where only some of them fit.',
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
