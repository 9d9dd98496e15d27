// The text that a user sees for what a function throws.
import { DiagnosticError, formatDiagnostics } from './index.ts';

export const caught = async (run: () => unknown): Promise<string> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'nothing was thrown';
};
