// One attempt at a run, as a process of its own that can be killed: `node attempt.js OPTIONS`, a JSON object of
// { config, folder, checkpointIntervalMs }. Tells each event on a line of the standard output.
import { createPipeline } from 'nasc';

const { config, folder, checkpointIntervalMs } = JSON.parse(process.argv[2]);
const listener = (name, { stage, pass, part, done, total, action }) => {
  const event = {
    stageStart: `${stage}/${part}`,
    progress: `${stage}/${pass} ${done} of ${total}`,
    checkpoint: `${stage}/${pass} ${action}`,
  }[name];
  if (event) process.stdout.write(`${event}\n`);
};
await createPipeline(config, { folder, listener }).run({ checkpointIntervalMs });
