// Begins what will be asked for next while the caller works on what it got.
import { setImmediate } from 'node:timers/promises';

/**
 * `make(number)` for numbers below `count`; the next `ahead` of them are begun once the caller had the chance to start on the
 * one that it asked for. Numbers may come in any order; only ascending ones are fast. What fails is told to whoever asks for it.
 */
export const prefetch = <T>(make: (number: number) => Promise<T>, count: number, ahead: number): ((number: number) => Promise<T>) => {
  const begun = new Map<number, Promise<T>>();
  const begin = (number: number): void => {
    const result = setImmediate().then(() => make(number));
    result.catch(() => {});
    begun.set(number, result);
  };
  return async (number) => {
    const result = await (begun.get(number) ?? make(number));
    for (const other of begun.keys()) if (other <= number || other > number + ahead) begun.delete(other);
    for (let next = number + 1; next <= number + ahead && next < count; next++) if (!begun.has(next)) begin(next);
    return result;
  };
};
