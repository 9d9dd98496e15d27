// One line of `nasc doctor`: what was looked for, whether it is there, and what it is good for.
import { DiagnosticError } from '@nasc/diagnostics';

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** Runs fail without it, or it only opens a possibility. */
  readonly needed: boolean;
  readonly detail: string;
  readonly hint?: string;
}

/** A diagnostic is a finding too; anything else that is thrown is a bug. */
export const find = async (name: string, look: () => Promise<string> | string): Promise<Finding> => {
  try {
    return { name, ok: true, needed: true, detail: await look() };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const [{ message, hint } = { message: error.message }] = error.diagnostics;
    return { name, ok: false, needed: true, detail: message, ...(hint !== undefined && { hint }) };
  }
};

/** For what is there, or may be absent. */
export const optional = (name: string, found: string | undefined, absent: string, hint?: string): Finding => ({
  name,
  ok: found !== undefined,
  needed: false,
  detail: found ?? absent,
  ...(found === undefined && hint !== undefined && { hint }),
});
