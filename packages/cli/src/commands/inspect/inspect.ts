// `nasc inspect`: a search space, a network or a stored artifact as text or JSON; or the passes.
import { trackedRegistry } from '@nasc/core';
import type { PluginHost } from '@nasc/core';
import type { LoadedConfig } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Arguments } from '../../arguments/command.ts';
import { readSize } from '../../arguments/image-size.ts';
import { printJson, printLine } from '../../io.ts';
import type { Io } from '../../io.ts';
import { createPipeline } from '../../library/create-pipeline.ts';
import { setUpHost } from '../../library/set-up-host.ts';
import { messages } from '../../messages.ts';
import { describeArtifact, summarise } from '../../text/describe-artifact.ts';
import { findConfig } from '../../library/load-config.ts';
import { describeGraph, printDescribedGraph } from './describe-graph.ts';
import { findSubject } from './find-subject.ts';
import type { Subject } from './find-subject.ts';
import { knownLatencies } from './known-latencies.ts';
import type { KnownLatencies } from './known-latencies.ts';
import { describeParts, printParts } from './list-passes.ts';

interface PrintOptions {
  readonly candidates: boolean;
  readonly json: boolean;
  readonly latencies: KnownLatencies | undefined;
}

const print = (subject: Subject, { candidates, json, latencies }: PrintOptions, host: PluginHost, io: Io): void => {
  const { ops } = trackedRegistry(host.registrations, {});
  const { name, graph, artifact, rest } = subject;
  const content = rest && { content: summarise(rest) };
  if (graph) {
    const described = describeGraph(name, graph, ops, latencies);
    if (json) return printJson(io.stdout, { ...described, ...(artifact && { artifact }), ...content });
    printLine(io.stdout, printDescribedGraph(graph, described, { ops, regions: candidates, latencies }));
    if (rest) printLine(io.stdout, `\n${describeArtifact(rest, ops)}`);
  } else {
    if (json) return printJson(io.stdout, { kind: 'artifact', name, artifact, ...content });
    printLine(io.stdout, `${name}\n\n${describeArtifact(rest, ops)}`);
  }
};

export const inspect = async (parsed: Arguments, io: Io): Promise<number> => {
  const json = parsed.flag('json');
  const loaded = await findConfig(parsed.value('config'), io.folder);
  const host = await setUpHost(loaded);
  if (parsed.flag('passes')) {
    if (json) printJson(io.stdout, describeParts(host.parts));
    else printLine(io.stdout, printParts(host.parts));
    return 0;
  }
  const expandConfig = async ({ config, folder, locate }: LoadedConfig) => {
    const { searchSpace } = await createPipeline(config, { folder, locate }).run({
      to: 'expand',
      exclusive: false,
    });
    return searchSpace!;
  };
  const subject = await findSubject(parsed.positionals[0], {
    folder: io.folder,
    loaded,
    registry: trackedRegistry(host.registrations, {}),
    size: readSize(parsed),
    expandConfig,
  });
  const target = parsed.value('target');
  if (target !== undefined && !subject.graph) throw new DiagnosticError([messages.noGraph(subject.name)]);
  const latencies =
    target === undefined
      ? undefined
      : await knownLatencies({ name: subject.name, graph: subject.graph! }, target, { host, loaded, folder: io.folder });
  print(subject, { candidates: parsed.flag('candidates'), json, latencies }, host, io);
  return 0;
};
