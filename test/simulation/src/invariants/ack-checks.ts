import type { NodeId } from '@greencloud/domain';
import type { SchedulerClient } from '../product/node-agent.ts';
import type { TaskRecord } from './task-record.ts';
import type { Violations } from './violations.ts';

type Stream = ReturnType<SchedulerClient['connect']>;
type Sent = Parameters<Stream['send']>[0];
type Report = Extract<Sent, { kind: 'reports' }>['reports'][number];

/** Listens to what a node reports and what is acknowledged: an ack is a promise of the log. */
export function listenToAcks(
  client: SchedulerClient,
  nodeId: NodeId,
  tasks: ReadonlyMap<string, TaskRecord>,
  violations: Violations,
): SchedulerClient {
  const check = (report: Report) => {
    violations.check('acks are durable', isRecorded(report, nodeId, tasks), () => {
      const { taskId, attempt, body } = report;
      return `${body.kind} of attempt ${attempt} of ${taskId} was acknowledged to ${nodeId}`;
    });
  };
  return {
    connect: () => listenTo(client.connect(), check),
    fetchCode: (version) => client.fetchCode(version),
    close: () => client.close(),
  };
}

function listenTo(stream: Stream, check: (report: Report) => void): Stream {
  const open = new Map<bigint, Report>();
  return {
    send(message) {
      if (message.kind === 'reports') for (const r of message.reports) open.set(r.sequence, r);
      return stream.send(message);
    },
    messages: (async function* read() {
      for await (const message of stream.messages) {
        if (message.kind === 'report-acks') {
          for (const [sequence, report] of open) {
            if (sequence > message.upTo) continue;
            open.delete(sequence);
            check(report);
          }
        }
        yield message;
      }
    })(),
    end: () => stream.end(),
    cancel: () => stream.cancel(),
  };
}

function isRecorded(
  { taskId, attempt, body }: Report,
  nodeId: NodeId,
  tasks: ReadonlyMap<string, TaskRecord>,
): boolean {
  const task = tasks.get(taskId);
  if (task === undefined) return false;
  const isHeldAs = task.attempt === attempt && task.nodeId === nodeId;
  const isOver = task.state === 'finished' || !isHeldAs;
  switch (body.kind) {
    case 'accepted':
      return true;
    case 'progress':
      return isOver || (task.state === 'running' && task.percent >= body.percent);
    case 'finish':
    case 'release':
    case 'returned':
      return isOver;
    default:
      return body satisfies never;
  }
}
