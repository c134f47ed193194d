import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from '@greencloud/runtime';
import type { Binder, BinderOptions } from './binding/binder.ts';
import type { Board } from './board/board.ts';
import type { Fleet } from './fleet/fleet.ts';
import type { SharedQueue } from './queue/shared-queue.ts';
import type { Recorder } from './record/recorder.ts';

export interface SchedulerMetrics {
  bindingEnded(outcome: Parameters<BinderOptions['onOutcome']>[0]): void;
  /** Seconds that a task waited until it was bound. */
  waited(seconds: number): void;
  sessionEvent(event: string): void;
  nodesLost(count: number): void;
}

export interface Observed {
  readonly board: Board;
  readonly queue: SharedQueue;
  readonly fleet: Fleet;
  readonly binder: Binder;
  readonly recorder: Recorder;
}

export function createSchedulerMetrics(metrics: Metrics): SchedulerMetrics {
  const bindings = metrics.counter('scheduler_bindings', 'Bindings by their outcome.');
  const waited = metrics.histogram(
    'scheduler_wait_seconds',
    'From when a task began to wait until it was bound to a node.',
  );
  const sessions = metrics.counter('scheduler_session_events', 'Node sessions by event.');
  const lost = metrics.counter('scheduler_nodes_lost', 'Nodes that were silent too long.');
  return {
    bindingEnded: (outcome) => bindings.add(1, { outcome }),
    waited: (seconds) => waited.record(Math.max(0, seconds)),
    sessionEvent: (event) => sessions.add(1, { event }),
    nodesLost: (count) => lost.add(count),
  };
}

export function observe(metrics: Metrics, observed: Observed): void {
  const { board, queue, fleet, binder, recorder } = observed;
  const gauges: [string, string, () => number][] = [
    ['scheduler_waiting_tasks', 'Open tasks without a node.', () => board.waiting],
    ['scheduler_held_tasks', 'Open tasks that a node has.', () => board.held],
    ['scheduler_parked_tasks', 'Tasks that this release cannot read.', () => board.parked],
    ['scheduler_queue_tasks', 'Tasks in the ready queue of this replica.', () => queue.size],
    ['scheduler_nodes', 'Nodes of this replica.', () => fleet.size],
    ['scheduler_free_nodes', 'Nodes of this replica with a free slot.', () => fleet.free],
    ['scheduler_bindings_in_flight', 'Bindings without an answer.', () => binder.inFlight],
    ['scheduler_reports_in_flight', 'Reports without an answer.', () => recorder.waiting],
  ];
  for (const [name, help, value] of gauges) metrics.gauge(name, help, value);
  observeLoopLag(metrics);
}

function observeLoopLag(metrics: Metrics): void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  metrics.gauge('scheduler_loop_lag_p99_seconds', 'Event loop delay since the last scrape.', () => {
    const seconds = delay.percentile(99) / 1e9;
    delay.reset();
    return seconds;
  });
}
