// Everything that this plugin tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

/** The last lines that say anything, indented under a message. */
const shownLines = 10;

const tail = (output: string): string =>
  output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-shownLines)
    .map((line) => `\n    ${line}`)
    .join('');

const wrote = (output: string): string => (tail(output) === '' ? ' It wrote nothing.' : ` It wrote, at last:${tail(output)}`);

export const messages = {
  patternInvalid: (pattern: string, reason: string): Diagnostic =>
    errorDiagnostic('EXEC_PATTERN_INVALID', `The pattern "${pattern}" of target "exec" cannot be used: ${reason}.`, {
      hint: 'A regular expression whose first group is the number: "median = ([0-9.]+) ms".',
    }),

  notStarted: (command: string, reason: string): Diagnostic =>
    errorDiagnostic('EXEC_NOT_STARTED', `The command cannot be started, ${reason}: ${command}`, {
      hint: 'Install the program or correct `command` of target "exec"; a relative path starts from the folder of the config.',
    }),

  failed: (command: string, end: string, output: string): Diagnostic =>
    errorDiagnostic('EXEC_FAILED', `The command ended with ${end}: ${command}${wrote(output).replace(/^ /, '\n  ')}`, {
      hint: 'Try it by hand: the ONNX file is kept where the command has it.',
    }),

  timedOut: (command: string, seconds: number): Diagnostic =>
    errorDiagnostic('EXEC_TIMEOUT', `The command took longer than ${seconds} s and was ended: ${command}`, {
      hint: 'Try it by hand (the ONNX file is kept where the command has it), or raise `timeoutSeconds` of target "exec".',
    }),

  noNumber: (command: string, output: string, pattern: string | undefined): Diagnostic =>
    errorDiagnostic('EXEC_NO_NUMBER', `The command printed no latency: ${command}${wrote(output).replace(/^ /, '\n  ')}`, {
      hint:
        pattern === undefined
          ? 'Without `pattern` a line has to be the number alone. Say where it stands: "pattern": "median = ([0-9.]+) ms".'
          : `The pattern "${pattern}" matches nothing that it wrote. Correct it.`,
    }),

  notALatency: (command: string, text: string): Diagnostic =>
    errorDiagnostic('EXEC_NOT_A_LATENCY', `The command printed "${text}" as a latency, which is no number above 0: ${command}`, {
      hint: 'Correct `pattern` of target "exec", or what the command prints.',
    }),
} as const;
