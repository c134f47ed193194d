import type { Metrics } from '@greencloud/runtime';
import type { Ending } from '../attempts/ending.ts';
import type { SandboxPool } from '../pool/sandbox-pool.ts';
import type { NodeOffer } from '../session/messages.ts';

export interface AgentState {
  readonly attempts: () => number;
  readonly isolation: NodeOffer['isolation'];
  readonly pool: Pick<SandboxPool, 'size' | 'warm' | 'spares' | 'memoryMib'>;
  readonly outbox: { readonly size: number };
}

export interface AgentMetrics {
  ended(ending: Ending): void;
  fenced(attempts: number): void;
  welcomed(): void;
}

export function createAgentMetrics(metrics: Metrics, state: AgentState): AgentMetrics {
  metrics.gauge('attempts', 'Attempts at this node', () => state.attempts());
  metrics.gauge('isolation', 'What keeps lambdas apart here: 1 for its kind', () => [
    { value: 1, labels: { kind: state.isolation } },
  ]);
  metrics.gauge('sandboxes', 'Sandbox processes', () => state.pool.size);
  metrics.gauge('sandboxes_warm', 'Sandboxes that wait for work', () => state.pool.warm);
  metrics.gauge('sandboxes_spare', 'Sandboxes that are ready for anybody', () => state.pool.spares);
  metrics.gauge(
    'sandboxes_memory_bytes',
    'What the memory limits of all sandboxes add up to',
    () => state.pool.memoryMib * 1_048_576,
  );
  metrics.gauge('reports_waiting', 'Reports not acknowledged', () => state.outbox.size);
  const ends = metrics.counter('attempts_ended_total', 'Attempts by how they ended');
  const fencings = metrics.counter('attempts_fenced_total', 'Attempts stopped by a fence');
  const sessions = metrics.counter('sessions_total', 'Sessions with a scheduler');
  return {
    ended: (ending) => ends.add(1, { end: endOf(ending) }),
    fenced: (attempts) => fencings.add(attempts),
    welcomed: () => sessions.add(1),
  };
}

function endOf(ending: Ending): string {
  if (ending.kind === 'finish') return ending.outcome;
  return ending.kind === 'release' ? ending.reason : ending.kind;
}
