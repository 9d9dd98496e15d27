import { crossValidate } from '@nasc/profile';
import { describe, expect, test } from 'vitest';
import { correctedPredictor } from './corrected.ts';
import { failureOf, predictFurther, publishedSpace, requestOf, rmspe, smallSpace } from './spaces.test-helper.ts';
import { plain, profileOf } from './synthetic-device.test-helper.ts';
import { transferPredictor } from './transfer.ts';

const transfer = transferPredictor.create({ networks: 50 });
const space = smallSpace();
/** Three times as fast, and another balance of arithmetic and memory. */
const other = (id: string, msPerMac: number, msPerByte: number) => ({ ...plain, id, msPerMac, msPerByte, callMs: 0.05 });
const devices = [other('arithmetic', 0.6, 0.2), other('even', 0.2, 0.3), other('memory', 0.05, 0.9)];
const others = (of = space) => devices.map((device) => profileOf(device, of, { networks: 300 }));
const own = (networks: number, of = space) =>
  profileOf({ ...plain, id: 'new', msPerMac: 0.07, msPerByte: 0.1 }, of, { networks, blocks: false });
const truth = { ...plain, id: 'new', msPerMac: 0.07, msPerByte: 0.1 };

describe('a new device', () => {
  test('50 networks and three known devices: RMSPE 3 % at most', () => {
    const model = transfer.fit(requestOf(own(50), space, others()));
    const error = rmspe(predictFurther(model, truth, space));
    expect(error).toBeLessThan(0.03);
    expect(model.facts).toMatchObject({ base: 'even', devices: 3, networks: 50 });
    expect(model.choices[0]![0]).toMatchObject({ source: 'model', deviceId: 'new' });
  });

  test('21 choices of 7 candidates: RMSPE 5 % at most, and much better than by the networks alone', () => {
    const large = publishedSpace();
    const profile = own(50, large);
    const alone = rmspe(predictFurther(correctedPredictor.create({}).fit(requestOf(profile, large)), truth, large));
    const [known] = others(large).slice(1);
    const from = rmspe(predictFurther(transfer.fit(requestOf(profile, large, [known!])), truth, large));
    expect(from).toBeLessThan(0.03);
    expect(from).toBeLessThan(0.8 * alone);
  });

  test('a device that is known by its table alone', () => {
    const tables = others().map((profile) => ({ ...profile, spaces: [] }));
    expect(rmspe(predictFurther(transfer.fit(requestOf(own(50), space, tables)), truth, space))).toBeLessThan(0.03);
  });

  test('no more networks than asked for: the first ones', () => {
    const many = transfer.fit(requestOf(own(300), space, others()));
    const first = { ...own(300), spaces: own(300).spaces.map((one) => ({ ...one, networks: one.networks.slice(0, 50) })) };
    expect(many).toEqual(transfer.fit(requestOf(first, space, others())));
  });

  test('held out: each fold starts from 50 of the others', () => {
    const accuracy = crossValidate(transfer, requestOf(own(300), space, others()), { folds: 5 })!;
    expect(accuracy).toMatchObject({ networks: 300 });
    expect(accuracy.rmspe).toBeLessThan(0.03);
  });
});

test('what it asks for', () => {
  expect(transfer.needs).toEqual({ blocks: false, networks: 50 });
  expect(transferPredictor.create({ networks: 20 }).needs).toEqual({ blocks: false, networks: 20 });
});

describe('nothing to start from', () => {
  test('no profile of another device', () => {
    expect(failureOf(() => transfer.fit(requestOf(own(50), space)))).toMatchInlineSnapshot(`
      "error PROFILE_NONE_TO_TRANSFER: The predictor "transfer" has no other device to start from: no profile of one is given.
        hint: Measure another device with \`nasc profile --space mobile-small\` and name its file in annotate.profiles or with --from, or take the predictor "corrected"."
    `);
  });

  test('none that knows the space', () => {
    const strangers = [profileOf(devices[0]!, smallSpace(64), { networks: 64 })];
    expect(failureOf(() => transfer.fit(requestOf(own(50), space, strangers)))).toMatchInlineSnapshot(`
      "error PROFILE_NONE_TO_TRANSFER: The predictor "transfer" has no other device to start from: none of the profiles of the device arithmetic knows all blocks of the space "mobile-small".
        hint: Measure another device with \`nasc profile --space mobile-small\` and name its file in annotate.profiles or with --from, or take the predictor "corrected"."
    `);
  });

  test('no network of the new device', () => {
    expect(failureOf(() => transfer.fit(requestOf({ ...own(5), spaces: [] }, space, others())))).toMatchInlineSnapshot(`
      "error PROFILE_NO_NETWORKS: The predictor "transfer" needs whole networks of the space "mobile-small", and none was timed on the device "the device new".
        hint: \`nasc profile --target synthetic --space mobile-small --networks 50\` times as many as it uses."
    `);
  });
});
