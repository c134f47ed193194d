import type { ReleaseReason } from '@greencloud/domain';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import type { Held } from '../fleet/held.ts';
import type { Attempt } from '../fleet/messages.ts';
import type { OfAttempt, Recorded, Recorder } from '../record/recorder.ts';
import type { Entry } from '../record/task-commands.ts';

export interface AttemptEndOptions {
  readonly fleet: Fleet;
  readonly recorder: Recorder;
}

/** How attempts of this replica's nodes end: always by a word to the log, then out of the fleet. */
export class AttemptEnd {
  readonly #options: AttemptEndOptions;

  constructor(options: AttemptEndOptions) {
    this.#options = options;
  }

  /** Frees the slot, writes the end, forgets the attempt. */
  async end(node: FleetNode, held: Held, entry: Entry): Promise<Recorded> {
    this.#options.fleet.ending(node, held);
    const recorded = await this.record(node, held, entry);
    this.#options.fleet.drop(node, held);
    return recorded;
  }

  /** Gives everything back that the node holds; what is binding or ending settles by itself. */
  releaseAll(node: FleetNode, reason: ReleaseReason): void {
    for (const held of node.held.values()) {
      if (held.phase === 'sent' || held.phase === 'accepted') this.release(node, held, reason);
    }
  }

  release(node: FleetNode, held: Held, reason: ReleaseReason): void {
    void this.end(node, held, { kind: 'release', reason });
  }

  /** Also for attempts that this replica does not hold: the log judges. */
  record(node: FleetNode, attempt: Attempt, entry: Entry): Promise<Recorded> {
    return this.#options.recorder.record(ofNode(node, attempt), entry);
  }

  /** As `record`, by a callback. */
  submit(
    node: FleetNode,
    attempt: Attempt,
    entry: Entry,
    onRecorded: (recorded: Recorded) => void,
  ): void {
    this.#options.recorder.submit(ofNode(node, attempt), entry, onRecorded);
  }
}

function ofNode({ nodeId, epoch }: FleetNode, { taskId, attempt }: Attempt): OfAttempt {
  return { taskId, attempt, nodeId, sessionEpoch: epoch };
}
