// Sets up plugins, in order, and holds what they registered.
import { describeFailure } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import { sha256 } from '../sha256.ts';
import type { Hooks } from '../hooks.ts';
import { messages } from '../messages.ts';
import type { StagePart } from '../part.ts';
import { stageNames } from '../part.ts';
import type { Pass } from '../pass.ts';
import { apiVersion } from '../plugin.ts';
import type { Plugin, PluginApi } from '../plugin.ts';
import { registrationProblem } from './check-registration.ts';
import { orderPasses } from './order-passes.ts';
import type { OrderedPart, PassEdit, PlacedPass } from './order-passes.ts';
import { createRegistrations } from './registrations.ts';
import type { Kind, Kinds, Provenance, Registrations } from './registrations.ts';
import { sourceDigest, valueDigest } from './source-digest.ts';
import { attributedHooks } from './tap-attribution.ts';
import type { AttributedHooks } from './tap-attribution.ts';

export interface PluginHost {
  readonly registrations: Registrations;
  readonly hooks: Hooks;
  readonly tapsDigest: AttributedHooks['tapsDigest'];
  /** All parts in the stages' order, with their passes in final order. */
  readonly parts: readonly OrderedPart[];
}

const provenanceOf = (plugin: Plugin): Provenance => ({
  plugin: plugin.name,
  digest: sha256(
    [plugin.version ?? '', plugin.url ? sourceDigest(plugin.url) : valueDigest(plugin.setup), valueDigest(plugin.options)].join('\0'),
  ),
});

const checkPlugin = (plugin: unknown): Plugin => {
  const candidate = plugin as Partial<Plugin> | null;
  if (typeof candidate !== 'object' || candidate === null || typeof candidate.name !== 'string' || typeof candidate.setup !== 'function') {
    throw new DiagnosticError([messages.notAPlugin(JSON.stringify(plugin) ?? String(plugin))]);
  }
  if (candidate.apiVersion !== apiVersion)
    throw new DiagnosticError([messages.wrongApiVersion(candidate.name, candidate.apiVersion, apiVersion)]);
  return candidate as Plugin;
};

/** The pass, if it is one. */
const whole = (pass: Pass<never, unknown>, plugin: string): Pass<never, unknown> => {
  const problem = registrationProblem('pass', pass);
  if (problem) throw new DiagnosticError([messages.malformedRegistration('pass', String(pass?.name ?? ''), problem, plugin)]);
  return pass;
};

/** Throws HOOK_UNKNOWN_NAME for every tap that would never be called. */
const checkTaps = (taps: AttributedHooks['keyedTaps'], known: Readonly<Record<'pass' | 'artifact', readonly string[]>>): void => {
  const diagnostics = taps.flatMap(({ hook, key, plugin }) => {
    const what = hook === 'modifyArtifact' ? 'artifact' : 'pass';
    return known[what].includes(key) ? [] : [messages.tappedUnknown(hook, what, key, [...new Set(known[what])], plugin)];
  });
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
};

/** Throws one diagnostic that names the plugin for each thing that is wrong with one. */
export const setUpPlugins = async (plugins: readonly unknown[]): Promise<PluginHost> => {
  const registrations = createRegistrations();
  const parts: { part: StagePart; provenance: Provenance }[] = [];
  const placed: PlacedPass[] = [];
  const edits: PassEdit[] = [];
  let current: Provenance = { plugin: 'nasc', digest: '' };
  const { hooks, tapsDigest, keyedTaps } = attributedHooks(() => current);

  const names = new Set<string>();
  for (const candidate of plugins) {
    const plugin = checkPlugin(candidate);
    if (names.has(plugin.name)) throw new DiagnosticError([messages.duplicatePlugin(plugin.name)]);
    names.add(plugin.name);
    const provenance = provenanceOf(plugin);
    current = provenance;
    const add =
      <K extends Kind>(kind: K) =>
      (value: Kinds[K]) =>
        registrations.add(kind, value, provenance);
    const api: PluginApi = {
      addOp: add('op'),
      addMacro: add('macro'),
      addPattern: add('pattern'),
      addSpace: add('space'),
      addDataset: add('dataset'),
      addEngine: add('engine'),
      addTarget: add('target'),
      addStrategy: add('strategy'),
      addLatencyPredictor: add('latencyPredictor'),
      addPart: (part) => void parts.push({ part, provenance }),
      addPass: (pass, placement) => void placed.push({ pass: whole(pass, plugin.name), placement, provenance }),
      replacePass: (name, pass) => void edits.push({ kind: 'replace', name, pass: whole(pass, plugin.name), provenance }),
      removePass: (name) => void edits.push({ kind: 'remove', name, provenance }),
      hooks,
    };
    try {
      await plugin.setup(api);
    } catch (cause) {
      const diagnostics =
        cause instanceof DiagnosticError
          ? cause.diagnostics.map((diagnostic) => ({ plugin: plugin.name, ...diagnostic }))
          : [messages.setupThrew(plugin.name, describeFailure(cause))];
      throw new DiagnosticError(diagnostics, { cause });
    }
  }
  const inOrder = stageNames.flatMap((stage) => parts.filter(({ part }) => part.stage === stage));
  const ordered = orderPasses(inOrder, placed, edits);
  // A pass that another plugin removed or replaced may still be tapped; it is just never called.
  const passes = [...parts.flatMap(({ part }) => part.passes), ...ordered.flatMap((part) => part.passes.map(({ pass }) => pass))];
  checkTaps(keyedTaps, { pass: passes.map(({ name }) => name), artifact: parts.map(({ part }) => part.produces) });
  return { registrations, hooks, tapsDigest, parts: ordered };
};
