import type { Assignment, FromNode, NodeReport, ReportBody, ToNode } from '../../fleet/messages.ts';
import { nodeId, offer } from '../../placement/placement-fixtures.ts';
import { finish } from '../node-messages.ts';

const noOp: readonly ReportBody[] = [
  { kind: 'accepted' },
  { kind: 'progress', percent: 0 },
  finish,
];

/** One of ten carbon intensities, in two sizes: the fleet has two kinds and ten scores. */
export function helloOf(number: number) {
  return {
    nodeId: nodeId(number),
    bootId: 'boot',
    running: [],
    offer: offer({
      slots: 4,
      lookahead: 64,
      cpuCount: number % 2 === 0 ? 4 : 2,
      energy: { source: 'grid', carbonIntensity: 100 + 50 * (number % 10) },
    }),
  };
}

/** A node whose tasks do nothing: it reports their ends as soon as it hears of them. */
export class QuickNode {
  #sequence = 0n;
  #beats = 0n;

  beat(): FromNode {
    this.#beats += 1n;
    return { kind: 'heartbeat', sequence: this.#beats };
  }

  hear(message: ToNode): FromNode | undefined {
    if (message.kind !== 'assignments') return undefined;
    const reports = message.assignments.flatMap((assignment) => this.#reportsOf(assignment));
    return { kind: 'reports', reports };
  }

  #reportsOf({ taskId, attempt }: Assignment): NodeReport[] {
    return noOp.map((body) => {
      this.#sequence += 1n;
      return { sequence: this.#sequence, attempt: { taskId, attempt }, body };
    });
  }
}
