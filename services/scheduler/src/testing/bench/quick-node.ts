import type { NodeId } from '@greencloud/domain';
import type { Assignment, NodeReport, ReportBody, ToNode } from '../../fleet/messages.ts';
import { offer } from '../../placement/placement-fixtures.ts';
import type { Scheduler } from '../../scheduler.ts';
import type { Session } from '../../session/session.ts';

const noOp: readonly ReportBody[] = [
  { kind: 'accepted' },
  { kind: 'progress', percent: 0 },
  { kind: 'finish', outcome: 'succeeded', status: 200, detail: '', result: undefined },
];

/** A node whose tasks do nothing: it reports their ends in the turn in which it hears of them. */
export class QuickNode {
  readonly #session: Session;
  #sequence = 0n;
  #beats = 0n;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** One of ten carbon intensities, in two sizes: the fleet has two kinds and ten scores. */
  static async connect(
    scheduler: Scheduler,
    nodeId: NodeId,
    number: number,
    signal: AbortSignal,
  ): Promise<QuickNode> {
    const carbonIntensity = 100 + 50 * (number % 10);
    const hello = {
      nodeId,
      bootId: 'boot',
      running: [],
      offer: offer({
        slots: 4,
        lookahead: 64,
        cpuCount: number % 2 === 0 ? 4 : 2,
        energy: { source: 'grid', carbonIntensity },
      }),
    };
    const node = new QuickNode(await scheduler.sessions.open(hello, 'token'));
    void node.#listen(signal);
    return node;
  }

  beat(): void {
    this.#beats += 1n;
    void this.#session.receive({ kind: 'heartbeat', sequence: this.#beats });
  }

  async #listen(signal: AbortSignal): Promise<void> {
    for await (const message of this.#session.messages(signal)) await this.#hear(message);
  }

  async #hear(message: ToNode): Promise<void> {
    if (message.kind !== 'assignments') return;
    const reports = message.assignments.flatMap((assignment) => this.#reportsOf(assignment));
    await this.#session.receive({ kind: 'reports', reports });
  }

  #reportsOf({ taskId, attempt }: Assignment): NodeReport[] {
    return noOp.map((body) => {
      this.#sequence += 1n;
      return { sequence: this.#sequence, attempt: { taskId, attempt }, body };
    });
  }
}
