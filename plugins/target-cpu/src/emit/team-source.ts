// C text for threads that run a network together: the type of a team, and a thread's share of a call's work items.
import { writeCall } from '@nasc/c-emit';
import type { ProgramCall, ProgramOperand, WriteShare } from '@nasc/c-emit';

/** The type that a thread gets its place from. */
export const writeTeamType = (name: string): string => `typedef struct {
  int part, parts;             /* 0 <= part < parts */
  void (*meet)(void *context); /* returns when all of the team have called it; what they wrote before is then seen by all */
  void *context;
} ${name};`;

/** Functions that the statements of a team's calls use. */
export const writeTeamFunctions = (
  type: string,
): string => `/* First work item of a part; the last one of a part ends where the next begins. */
static int first_item(int items, int part, int parts) { return (int)((long long)items * part / parts); }

static void meet(const ${type} *team) { team->meet(team->context); }`;

const teamShare: WriteShare = (items) => `first_item(${items}, team->part, team->parts), first_item(${items}, team->part + 1, team->parts)`;

/** The statements of a call: where several threads run it, each does its share and meets the others. */
export const writeSharedCall = (call: ProgramCall, pointer: (operand: ProgramOperand) => string, threads: number): string =>
  threads > 1 ? `${writeCall(call, pointer, teamShare)}\nmeet(team);` : writeCall(call, pointer);
