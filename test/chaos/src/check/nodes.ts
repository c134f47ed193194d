import type { TaskAssigned } from '@greencloud/domain';
import { type Evidence, streamsOf } from '../history/evidence.ts';
import type { LogRow, NodeOffer } from '../history/log-row.ts';
import { readAnswer } from '../load/lambdas.ts';
import { type Finding, inspect, unless } from './finding.ts';

export function assignmentsFit({ log, nodes }: Evidence): Finding {
  const assignments = [...streamsOf(log)].flatMap(([id, rows]) => assignmentsOf(id, rows));
  return inspect(
    'each assignment fits what the node declared',
    assignments,
    ({ id, nodeId, demand }) => {
      const offer = nodes.get(nodeId);
      return unless(
        offer !== undefined && fits(demand, offer),
        () => `${id} does not fit node ${nodeId}`,
      );
    },
  );
}

/**
 * By the lambdas' own clocks: the log cannot say it, since the ends of two tasks reach it through
 * two partitions, and a node is also assigned what it will run next.
 */
export function slotsKept(evidence: Evidence): Finding {
  const runs = Map.groupBy(runsOf(evidence), ({ nodeId }) => nodeId);
  return inspect('no node runs more at once than its slots', runs, ([nodeId, spans]) => {
    const slots = evidence.nodes.get(nodeId)?.slots ?? 0;
    const most = mostAtOnce(spans);
    return unless(most <= slots, () => `node ${nodeId} ran ${most} at once with ${slots} slots`);
  });
}

type Demand = Omit<NodeOffer, 'slots'>;

function assignmentsOf(id: string, rows: readonly LogRow[]) {
  const issued = rows[0]?.event;
  if (issued?.type !== 'TaskIssued') return [];
  const demand: Demand = issued.capabilities;
  return rows
    .map(({ event }) => event)
    .filter((event): event is TaskAssigned => event.type === 'TaskAssigned')
    .map(({ nodeId }) => ({ id, nodeId: String(nodeId), demand }));
}

/** 0 is no demand; latency is the most that is borne. */
function fits(demand: Demand, offer: NodeOffer): boolean {
  return (
    demand.cpuCount <= offer.cpuCount &&
    demand.memSize <= offer.memSize &&
    (demand.networkLatency === 0 || demand.networkLatency >= offer.networkLatency) &&
    (!demand.privileged || offer.privileged)
  );
}

type Span = { readonly nodeId: string; readonly from: number; readonly until: number };

function runsOf({ log, contents }: Evidence): Span[] {
  const lastNode = new Map<string, string>();
  for (const { taskId, event } of log) {
    if (event.type === 'TaskAssigned') lastNode.set(taskId, event.nodeId);
  }
  return [...contents.results].flatMap(([id, body]) => {
    const [answer, nodeId] = [readAnswer(body), lastNode.get(id)];
    return answer === undefined || nodeId === undefined ? [] : [{ nodeId, ...answer }];
  });
}

function mostAtOnce(spans: readonly Span[]): number {
  // What ends in the same millisecond in which another begins does not overlap it.
  const steps = spans
    .flatMap(({ from, until }) => [
      { at: from, change: 1 },
      { at: until, change: -1 },
    ])
    .toSorted((a, b) => a.at - b.at || a.change - b.change);
  let running = 0;
  let most = 0;
  for (const { change } of steps) {
    running += change;
    most = Math.max(most, running);
  }
  return most;
}
