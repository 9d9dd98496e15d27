// What flows from pass to pass in this stage.
import type { Accuracy, DeployableNetwork, EmittedFiles, NetworkLatency, OnnxModel, TaskDescription, Verification } from '@nasc/core';

export interface DeployedNetwork {
  readonly network: DeployableNetwork;
  readonly onnx: OnnxModel;
  readonly task: TaskDescription;
}

export interface EmittedNetwork extends DeployedNetwork {
  readonly emitted: EmittedFiles;
}

export interface CheckedNetwork extends EmittedNetwork {
  readonly verification: Verification | undefined;
}

export interface EvaluatedNetwork extends CheckedNetwork {
  readonly test: Accuracy | undefined;
}

export interface TimedNetwork extends EvaluatedNetwork {
  readonly latency: NetworkLatency | undefined;
}
