// Everything that the command line tells the user by itself. Codes are permanent.
import { didYouMean, errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const suggestion = (word: string, known: readonly string[], what: string): string => {
  const close = didYouMean(word, known);
  return close ? `Did you mean "${close}"?` : `${what}: ${known.join(', ')}.`;
};

/** A stored artifact. */
interface StoredName {
  readonly kind: string;
  readonly hash: string;
}

const nameOf = ({ kind, hash }: StoredName): string => `${kind} ${hash}`;

/** A store that is used for long holds many. */
const shownArtifacts = 10;

export const messages = {
  unknownCommand: (command: string, known: readonly string[]): Diagnostic =>
    errorDiagnostic('CLI_UNKNOWN_COMMAND', `There is no command "${command}".`, { hint: suggestion(command, known, 'Commands') }),

  unknownOption: (option: string, command: string, known: readonly string[]): Diagnostic =>
    errorDiagnostic('CLI_UNKNOWN_OPTION', `\`nasc ${command}\` has no option "${option}".`, { hint: suggestion(option, known, 'Options') }),

  optionNeedsValue: (option: string, value: string): Diagnostic =>
    errorDiagnostic('CLI_OPTION_NEEDS_VALUE', `"${option}" needs a value.`, { hint: `Write ${option} ${value}.` }),

  reportFormat: (file: string): Diagnostic =>
    errorDiagnostic('CLI_REPORT_FORMAT', `A report cannot be written to "${file}": its name says no known format.`, {
      at: '--output',
      hint: 'A page ends in .html, its data in .json.',
    }),

  optionTakesNoValue: (option: string): Diagnostic =>
    errorDiagnostic('CLI_OPTION_TAKES_NO_VALUE', `"${option}" takes no value.`, { hint: `Write ${option} alone.` }),

  tooManyArguments: (command: string, argument: string, usage: string): Diagnostic =>
    errorDiagnostic('CLI_TOO_MANY_ARGUMENTS', `\`nasc ${command}\` has no use for "${argument}".`, { hint: `Usage: ${usage}` }),

  unknownChoice: (option: string, what: string, value: string, known: readonly string[]): Diagnostic =>
    errorDiagnostic('CLI_UNKNOWN_CHOICE', `There is no ${what} "${value}".`, {
      at: `${option} ${value}`,
      hint: suggestion(value, known, 'Known'),
    }),

  notAPositiveNumber: (option: string, value: string): Diagnostic =>
    errorDiagnostic('CLI_NOT_A_NUMBER', `"${value}" is no number above 0.`, {
      at: `${option} ${value}`,
      hint: 'Write a number like 0.5 or 20.',
    }),

  notLatencies: (at: string): Diagnostic =>
    errorDiagnostic('CLI_NOT_A_NUMBER', 'These are no latencies.', {
      at,
      hint: 'Write milliseconds with commas between them: --limits 0.05,0.08.',
    }),

  unknownFormat: (at: string, known: readonly string[]): Diagnostic =>
    errorDiagnostic('CLI_UNKNOWN_FORMAT', "The end of the file's name says in which format it is written, and this one is unknown.", {
      at,
      hint: `Known: ${known.join(', ')}.`,
    }),

  frontNotMeasured: (network: string): Diagnostic =>
    warningDiagnostic(
      'FRONT_NOT_MEASURED',
      `The networks of the front of "${network}" are not measured: this machine cannot run its target.`,
      {
        at: '--measure',
        hint: 'The predictions stand; leave --measure out.',
      },
    ),

  notAThreadCount: (value: string): Diagnostic =>
    errorDiagnostic('CLI_NOT_A_NUMBER', `"${value}" is no number of threads.`, {
      at: `--threads ${value}`,
      hint: 'Write a whole number of at least 1.',
    }),

  noDataFolder: (folder: string): Diagnostic =>
    errorDiagnostic('CLI_NO_DATA_FOLDER', `There is no folder "${folder}".`, {
      at: `--data-dir ${folder}`,
      hint: "Data sets are looked for in it before $NASC_DATA, ./data and the user's cache; a relative path starts from the current folder.",
    }),

  stagesReversed: (from: string, to: string): Diagnostic =>
    errorDiagnostic('CLI_STAGES_REVERSED', `Stage "${from}" comes after "${to}".`, {
      at: `--from ${from} --to ${to}`,
      hint: 'Exchange the two.',
    }),

  configExists: (file: string): Diagnostic =>
    errorDiagnostic('CLI_CONFIG_EXISTS', `There is a config already: "${file}".`, { hint: 'Edit it, or remove it first.' }),

  setupOfWhat: (known: readonly string[]): Diagnostic =>
    errorDiagnostic('CLI_MISSING_ARGUMENT', '`nasc setup` needs to know which engine.', {
      hint: `Engines with a set-up: ${known.join(', ')}.`,
    }),

  noEngineToSetUp: (engine: string, known: readonly string[], withSetup: readonly string[]): Diagnostic => {
    const close = didYouMean(engine, known);
    return errorDiagnostic('UNKNOWN_NAME', `There is no training engine "${engine}".`, {
      hint: close ? `Did you mean "${close}"?` : `Engines with a set-up: ${withSetup.join(', ')}.`,
    });
  },

  nothingToInspect: (what: string, spaces: readonly string[], stored: readonly StoredName[]): Diagnostic => {
    const hashes = stored.map(({ hash }) => hash);
    const close = didYouMean(what, spaces) ?? didYouMean(what, hashes);
    const shown = stored.slice(0, shownArtifacts).map(nameOf);
    const more = stored.length - shown.length;
    const artifacts = stored.length === 0 ? 'none' : `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    return errorDiagnostic('INSPECT_NOTHING_FOUND', `"${what}" is no search space, file or stored artifact.`, {
      hint: close ? `Did you mean "${close}"?` : `Search spaces: ${spaces.join(', ')}. Stored artifacts: ${artifacts}.`,
    });
  },

  fileUnreadable: (file: string, reason: string): Diagnostic =>
    errorDiagnostic('INSPECT_FILE_UNREADABLE', `"${file}" cannot be read: ${reason}.`, {
      hint: 'Correct the path, or the rights of the file.',
    }),

  nothingNamed: (known: readonly string[]): Diagnostic =>
    errorDiagnostic('CLI_MISSING_ARGUMENT', '`nasc inspect` needs to know what: there is no config here.', {
      hint: `Name a search space (${known.join(', ')}), a file, or a stored artifact.`,
    }),

  sizeUnknown: (space: string): Diagnostic =>
    errorDiagnostic('INSPECT_SIZE_UNKNOWN', `"${space}" does not say for which images it is.`, {
      hint: 'Give --input HxWxC --classes N, or `input: { resolution, channels, classes }` in the space.',
    }),

  notASize: (text: string): Diagnostic =>
    errorDiagnostic('CLI_NOT_A_SIZE', `"${text}" is no image size.`, {
      at: `--input ${text}`,
      hint: 'Write height, width and channels: --input 28x28x1.',
    }),

  notAClassCount: (text: string): Diagnostic =>
    errorDiagnostic('CLI_NOT_A_NUMBER', `"${text}" is no number of classes.`, {
      at: `--classes ${text}`,
      hint: 'Write a whole number of at least 1.',
    }),

  artifactUnreadable: (folder: string, damaged: boolean): Diagnostic =>
    errorDiagnostic(
      'INSPECT_ARTIFACT_DAMAGED',
      damaged ? 'This artifact does not have the content that its name promises.' : 'This is no stored artifact.',
      {
        at: folder,
        hint: 'Artifacts lie in .nasc/artifacts/KIND/HASH; `nasc run` makes a damaged one again.',
      },
    ),

  ambiguousHash: (prefix: string, stored: readonly StoredName[]): Diagnostic =>
    errorDiagnostic('INSPECT_AMBIGUOUS', `Several stored artifacts begin with "${prefix}": ${stored.map(nameOf).join(', ')}.`, {
      hint: 'Give more of the hash.',
    }),

  noSpace: (known: readonly string[]): Diagnostic =>
    errorDiagnostic('CLI_MISSING_ARGUMENT', '`nasc profile` needs to know for which search space: there is no config here.', {
      hint: `Give --space: ${known.join(', ')}, or a file.`,
    }),

  noTarget: (known: readonly string[]): Diagnostic =>
    errorDiagnostic('CLI_MISSING_ARGUMENT', '`nasc profile` needs to know which device: there is no config here.', {
      hint: `Give --target: ${known.join(', ')}.`,
    }),

  profilesMissing: (command: string, count: number): Diagnostic =>
    errorDiagnostic('CLI_MISSING_ARGUMENT', `\`nasc profile ${command}\` needs ${count === 1 ? 'a profile' : `${count} profiles`}.`, {
      hint: 'Name files that `nasc profile` wrote, or a target that is known by a profile, such as pixel1.',
    }),

  rowsMissing: (command: string, what: string): Diagnostic =>
    errorDiagnostic('CLI_MISSING_ARGUMENT', `\`nasc profile ${command}\` needs ${what}.`, {
      hint: 'Measurements are CSV with a header, a JSON array of objects, or JSON lines: docs/latency.md, "Bring your own measurements".',
    }),

  spaceUnclear: (profile: string, spaces: readonly string[]): Diagnostic =>
    errorDiagnostic(
      'PROFILE_SPACE_UNCLEAR',
      spaces.length === 0
        ? `The profile "${profile}" holds no networks that tell a search space.`
        : `The profile "${profile}" holds networks of several search spaces: ${spaces.join(', ')}.`,
      { at: profile, hint: 'Give --space.' },
    ),

  optionMissing: (command: string, option: string, value: string): Diagnostic =>
    errorDiagnostic('CLI_MISSING_ARGUMENT', `\`nasc ${command}\` needs ${option}.`, { hint: `Write ${option} ${value}.` }),

  targetMeasures: (target: string): Diagnostic =>
    errorDiagnostic('INSPECT_TARGET_MEASURES', `Target "${target}" has no latencies before they are measured.`, {
      at: `--target ${target}`,
      hint: '`nasc profile` measures them and writes a profile: name it in annotate.profiles of the config, or look at it with `nasc profile inspect`.',
    }),

  noGraph: (name: string): Diagnostic =>
    errorDiagnostic('INSPECT_NO_GRAPH', `"${name}" holds neither a search space nor a network, so no target has a latency for it.`, {
      at: '--target',
      hint: 'Leave --target out.',
    }),

  unreadableFile: (file: string): Diagnostic =>
    errorDiagnostic('INSPECT_UNKNOWN_FORMAT', `"${file}" is neither a search space nor a network nor a config.`, {
      hint: 'A search space has `stages`, a network has `nodes`, a net.config has `first_conv`, a config has `task`.',
    }),
} as const;
