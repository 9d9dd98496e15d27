// Measures rows one after the other; each is saved at once.
import { detectVectorWidth } from '../../packages/c-emit/dist/index.js';
import { saveResults } from '../engine/results-file.js';
import { emittedNetworks } from './emitted.js';
import { describe, fit, heldOut } from './predict.js';
import { profileDevice } from './profile-device.js';
import { measureSelection } from './selection.js';
import { cpu, fewShotHeldOut, fewShotNetworks, heldOutNetworks, newDevices, spaces, unseenHeldOut, unseenSize } from './subjects.js';

const fileName = (...words) => `${words.join('-').replaceAll(/\W+/g, '-')}.json`;

/** Networks that nothing is fitted to: their blocks do not matter. */
const unseen = { seed: 1, method: 'whole' };

const onlySpace = ({ spaces: [space] }) => space;

/** What everything else starts from: the space described, the device's profile, and the default predictor fitted to it. */
const knownDevice = async (name) => {
  const { input, known } = spaces[name];
  const { profile, seconds } = await profileDevice(fileName(name, 'known'), cpu, name, input, { networks: known });
  const space = describe(name, input);
  return { name, input, space, profile, seconds, fitted: fit('corrected', space, profile), reference: onlySpace(profile).reference };
};

const rows = {
  profile: async ({ profile, seconds, fitted }) => ({
    seconds,
    device: profile.device.description,
    protocol: profile.protocol,
    accuracy: fitted.accuracy,
  }),

  'held-out': async ({ name, input, space, profile, fitted, reference }) => {
    const file = fileName(name, 'held-out');
    const { profile: others } = await profileDevice(file, cpu, name, input, { ...unseen, networks: heldOutNetworks });
    const { networks } = onlySpace(others);
    const table = fit('table', space, profile);
    return { corrected: heldOut(fitted, networks, reference), table: heldOut(table, networks, reference) };
  },

  emitted: async ({ name, input, fitted, reference }) => ({
    noise: reference.noise,
    networks: await emittedNetworks(name, input, { model: fitted.model, reference }),
  }),

  'few-shot': async ({ name, input, space, profile }) => {
    const found = {};
    for (const [device, target] of Object.entries(newDevices)) {
      const networks = fewShotNetworks + fewShotHeldOut;
      const { profile: measured } = await profileDevice(fileName(name, device), target, name, input, { networks, method: 'whole' });
      const all = onlySpace(measured);
      const seen = { ...all, networks: all.networks.slice(0, fewShotNetworks) };
      // What a whole profile would tell of blocks is not known after fifty networks.
      const fitted = fit('transfer', space, { ...measured, blocks: {}, spaces: [seen] }, [profile]);
      found[device] = { accuracy: heldOut(fitted, all.networks.slice(fewShotNetworks), all.reference), facts: fitted.model.facts };
    }
    return found;
  },

  'unseen-size': async ({ name, profile }) => {
    if (name !== 'mobile-small') return undefined;
    const { profile: others } = await profileDevice(fileName(name, 'unseen'), cpu, name, unseenSize, {
      ...unseen,
      networks: unseenHeldOut,
    });
    const { networks, reference } = onlySpace(others);
    const { model } = fit('learned', describe(name, unseenSize), profile);
    const interval = { confidence: 0.9, low: 1, high: 1 };
    return heldOut({ model, accuracy: { interval } }, networks, reference);
  },
};

/** Rows that belong to no space. */
const others = { selection: measureSelection };

export const rowNames = [...Object.keys(rows), ...Object.keys(others)];

export const measureRows = async ({ only = Object.keys(spaces), rows: wanted = rowNames, output }) => {
  const width = detectVectorWidth();
  const save = (key, value) =>
    value && saveResults(output, width, { date: new Date().toISOString().slice(0, 10), results: { [key]: value } });
  for (const name of only) {
    const known = await knownDevice(name);
    for (const row of wanted.filter((candidate) => candidate in rows)) {
      console.error(`${row} of ${name}`);
      save(`${row}/${name}`, await rows[row](known));
    }
  }
  for (const row of wanted.filter((candidate) => candidate in others)) {
    console.error(row);
    save(row, await others[row]());
  }
};
