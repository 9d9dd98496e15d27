// The peer of training steps: bench/peers/pytorch_steps.py.
import { PeerProcess } from '../peers/peer-process.js';

/** Owns its process. */
export class StepPeer {
  #process;

  static async start({ task, threads, width, layout, malloc }) {
    const [height] = task.inputShape;
    const options = { space: task.name, batch: task.batchSize, res: height, threads, layout };
    const peer = new StepPeer();
    peer.#process = new PeerProcess('pytorch_steps.py', options, { width, malloc });
    await peer.#process.answer();
    return peer;
  }

  ask(request) {
    return this.#process.ask(request);
  }

  async milliseconds(kind, path) {
    return 1000 * (await this.ask({ do: 'step', kind, path })).seconds;
  }

  dispose() {
    return this.#process.dispose();
  }
}
