import { type Health, sleep } from '@greencloud/runtime';
import { type handleUnaryCall, type Server, status } from '@grpc/grpc-js';
import { service as healthDefinition } from 'grpc-health-check';
import { adaptServerStream } from '../service/stream-adapter.ts';
import type { Serving } from './add-service.ts';

export { healthDefinition };

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

interface HealthRequest {
  service: string;
}

interface HealthAnswer {
  status: ServingStatus;
}

// A check costs a few function calls; a watcher learns of a change within this time.
const WATCH_INTERVAL_MS = 500;

/**
 * grpc.health.v1 over the service's own health; every name of the server has the same status.
 * Asked on each call, not pushed: the package's own implementation would have to be fed by a timer.
 */
export function addHealthService(
  server: Server,
  health: Health,
  names: readonly string[],
  { recorderOf, open }: Pick<Serving, 'recorderOf' | 'open'>,
): void {
  const known = new Set(['', ...names]);
  const statusNow = (name: string): ServingStatus => {
    if (!known.has(name)) return 'SERVICE_UNKNOWN';
    return health.serving === 'yes' ? 'SERVING' : 'NOT_SERVING';
  };
  const list: handleUnaryCall<unknown, unknown> = (_call, callback) => {
    const statuses = [...known].map((name) => [name, { status: statusNow(name) }]);
    callback(null, { statuses: Object.fromEntries(statuses) });
  };
  const watch = adaptServerStream<HealthRequest, HealthAnswer>(
    ({ service }, call) => changesOf(() => statusNow(service), call.signal),
    { recorder: recorderOf('/grpc.health.v1.Health/Watch'), open, admit: () => {} },
  );
  server.addService(healthDefinition, { check: checkWith(statusNow), list, watch });
}

// Not through the unary adapter: a probe may come without a deadline.
function checkWith(
  statusNow: (name: string) => ServingStatus,
): handleUnaryCall<HealthRequest, HealthAnswer> {
  return (call, callback) => {
    const { service } = call.request;
    const answer = statusNow(service);
    if (answer !== 'SERVICE_UNKNOWN') callback(null, { status: answer });
    else callback({ code: status.NOT_FOUND, details: `no service ${service}`.toWellFormed() });
  };
}

async function* changesOf(
  statusNow: () => ServingStatus,
  signal: AbortSignal,
): AsyncGenerator<HealthAnswer> {
  let last: ServingStatus | undefined;
  while (!signal.aborted) {
    const current = statusNow();
    if (current !== last) yield { status: current };
    last = current;
    await sleep(WATCH_INTERVAL_MS, signal);
  }
}
