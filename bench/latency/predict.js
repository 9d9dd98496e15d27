// Predictors as the pipeline makes them.
import { createLatencyPredictor, setUpPlugins } from '../../packages/core/dist/index.js';
import { assessHeldOut, crossValidate, describeSpace, predictNetworks } from '../../packages/profile/dist/index.js';
import { latencyPredictors } from '../../plugins/latency-predictors/dist/index.js';
import { expand, registry } from '../codegen/prepare-network.js';

const { registrations } = await setUpPlugins([latencyPredictors]);

export const describe = (name, input) => describeSpace(name, expand(name, input), registry.ops);

/** The model that a predictor fits to `profile`, and what its own networks say of it. */
export const fit = (name, space, profile, others = []) => {
  const predictor = createLatencyPredictor(registrations, { name, options: {} }, '/predictor');
  const request = { space, profile, others, seed: 0 };
  return { model: predictor.fit(request), accuracy: crossValidate(predictor, request) };
};

/** `networks` of another measurement of the same device: at the speed that the device had when the model was fitted. */
export const heldOut = ({ model, accuracy }, networks, reference) =>
  assessHeldOut(predictNetworks(model, networks, { reference }), accuracy.interval, reference.noise);
