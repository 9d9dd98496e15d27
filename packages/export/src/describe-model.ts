// What the ONNX file says of itself: what it was made of, for what and with what. docs/formats.md lists the keys.
import type { Architecture, CostModel, SearchSpaceArtifact } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { describeTask } from '@nasc/onnx';
import type { OnnxMetadata } from '@nasc/onnx';

export interface ModelOrigin {
  readonly searchSpace: SearchSpaceArtifact;
  readonly architecture: Architecture;
  readonly costModel: CostModel;
  /** Content hash of the cost model. */
  readonly costModelHash: string;
  readonly seed: number;
}

/** Name of the chosen candidate by the choice's id. */
const chosenCandidates = ({ graph }: SearchSpaceArtifact, { choices }: Architecture): Readonly<Record<string, string>> =>
  Object.fromEntries(choicesOf(graph).map(({ id, candidates }, index) => [id, candidates[choices[index]!]!.name]));

export const describeModel = ({ searchSpace, architecture, costModel, costModelHash, seed }: ModelOrigin): OnnxMetadata => {
  const { task } = searchSpace;
  const { device } = costModel.profile;
  return {
    dataset: task.dataset,
    datasetHash: task.manifestHash,
    ...describeTask(task),
    evaluationCrop: String(task.evaluationCrop),
    space: searchSpace.name,
    choices: JSON.stringify(chosenCandidates(searchSpace, architecture)),
    target: costModel.target,
    device: device.description,
    deviceId: device.id,
    latencyProfile: costModelHash,
    seed: String(seed),
  };
};
