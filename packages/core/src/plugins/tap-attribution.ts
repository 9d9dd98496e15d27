// One interceptor on every hook: remembers which plugin a tap belongs to, adds plugin and hook to whatever it throws,
// and makes a `modify` tap that returns nothing an error (tapable would skip it silently).
import { describeFailure } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { FullTap, Hook } from 'tapable';
import { createHooks } from '../hooks.ts';
import type { Hooks } from '../hooks.ts';
import { messages } from '../messages.ts';
import type { Provenance } from './registrations.ts';
import { valueDigest } from './source-digest.ts';

type AnyHook = Hook<never, never>;
type TapFunction = (...args: unknown[]) => unknown;

export interface AttributedHooks {
  readonly hooks: Hooks;
  /** Digest of the taps of a hook, in order: part of the key of every artifact that the hook had a hand in. */
  tapsDigest(hook: AnyHook | undefined): string;
  /** Every tap of a hook that is one of many: of which hook, for what (a pass, an artifact), and whose it is. */
  readonly keyedTaps: readonly { readonly hook: string; readonly key: string; readonly plugin: string }[];
}

export const attributedHooks = (currentPlugin: () => Provenance): AttributedHooks => {
  const hooks = createHooks();
  const digests = new WeakMap<object, string[]>();
  const keyedTaps: { hook: string; key: string; plugin: string }[] = [];

  const attribute = (name: string, key: string | undefined, hook: object, modifies: boolean) => {
    const hookName = key === undefined ? name : `${name}.${key}`;
    const known: string[] = [];
    digests.set(hook, known);
    (hook as Hook<unknown[], unknown>).intercept({
      register(tap: FullTap): FullTap {
        const owner = currentPlugin();
        if (key !== undefined) keyedTaps.push({ hook: name, key, plugin: owner.plugin });
        known.push(`${owner.plugin}:${owner.digest}:${valueDigest(tap.fn)}:${tap.stage ?? 0}`);
        const call = tap.fn as TapFunction;
        const failed = (cause: unknown) => {
          if ((cause as Error)?.name === 'AbortError') return cause;
          const diagnostics =
            cause instanceof DiagnosticError
              ? cause.diagnostics.map((diagnostic) => ({ plugin: owner.plugin, ...diagnostic }))
              : [messages.tapThrew(hookName, owner.plugin, describeFailure(cause))];
          return new DiagnosticError(diagnostics, { cause });
        };
        const checked = (result: unknown) => {
          if (modifies && result === undefined) throw new DiagnosticError([messages.tapReturnedNothing(hookName, owner.plugin)]);
          return result;
        };
        const asPromise = (...args: unknown[]) =>
          tap.type === 'async'
            ? new Promise((resolve, reject) =>
                call(...args, (error: unknown, result: unknown) => (error ? reject(error) : resolve(result))),
              )
            : Promise.resolve().then(() => call(...args));
        return {
          ...tap,
          type: 'promise',
          fn: (...args: unknown[]) =>
            asPromise(...args)
              .then(checked)
              .catch((cause: unknown) => {
                throw failed(cause);
              }),
        } as FullTap;
      },
    });
  };

  for (const [name, hook] of Object.entries(hooks)) {
    const modifies = name.startsWith('modify');
    if ('for' in hook) {
      hook.intercept({
        factory(key: unknown, made: never) {
          attribute(name, String(key), made, modifies);
          return made;
        },
      });
    } else attribute(name, undefined, hook, modifies);
  }
  return { hooks, keyedTaps, tapsDigest: (hook) => (hook ? (digests.get(hook) ?? []).join('\n') : '') };
};
