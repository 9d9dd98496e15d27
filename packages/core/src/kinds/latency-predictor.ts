// Plugin kind `latencyPredictor`: turns what was measured of a device into the cost model that search and select use.
import type { Profile, ProfiledBlock, ProfiledSpace } from './profile.ts';
import type { LatencyValue } from './target.ts';

/** A space to be predicted, without its networks. */
export type PredictedSpace = Pick<ProfiledSpace, 'name' | 'choices' | 'fixed'> & {
  /** Sizes of every block of the space, by key. */
  readonly blocks: Readonly<Record<string, Omit<ProfiledBlock, 'ms' | 'count' | 'variance'>>>;
};

export interface PredictorRequest {
  readonly space: PredictedSpace;
  /** All that is known of the device itself. */
  readonly profile: Profile;
  /** Profiles of other devices. */
  readonly others: readonly Profile[];
  readonly seed: number;
}

/** A network costs the sum of `fixed` and of its candidates. */
export interface LatencyModel {
  /** Per choice, one value per candidate. */
  readonly choices: readonly (readonly LatencyValue[])[];
  /** Everything outside the choices, by unit, and what belongs to no block (a call of the runtime). */
  readonly fixed: Readonly<Record<string, LatencyValue>>;
  /** What the fit found, for people: weights, scales, the device that it started from. */
  readonly facts: Readonly<Record<string, number | string>>;
}

/** What has to be measured for a prediction. */
export interface PredictorNeeds {
  /** Whether latencies of blocks have to be there. */
  readonly blocks: boolean;
  /** How many whole networks: as many as the time allows where undefined. */
  readonly networks: number | undefined;
}

export interface LatencyPredictor {
  readonly name: string;
  readonly needs: PredictorNeeds;
  /** Throws LATENCY_MISSING, which names what is unknown and the command that measures it. */
  fit(request: PredictorRequest): LatencyModel;
}

/** Options are validated against `optionsSchema` before `create` sees them. */
export interface LatencyPredictorDefinition {
  readonly name: string;
  readonly description: string;
  readonly optionsSchema: Readonly<Record<string, unknown>>;
  create(options: Readonly<Record<string, unknown>>): LatencyPredictor;
}
