import type { Histogram, Labels, Logger, Metrics } from '@greencloud/runtime';
import { type StatusObject, status } from '@grpc/grpc-js';
import { statusOf } from '../status/error-boundary.ts';

/** Measures the calls of one method, and turns their errors into a status. */
export interface CallRecorder {
  succeeded(startedAt: number): void;
  failed(error: unknown, startedAt: number): StatusObject;
}

export type RecorderOf = (path: string) => CallRecorder;

export function createRecorders(logger: Logger, metrics: Metrics | undefined): RecorderOf {
  const seconds = metrics?.histogram('grpc_server_seconds', 'Time that a call took on the server');
  return (path) => recorderOf(path, logger, seconds);
}

function recorderOf(path: string, logger: Logger, seconds: Histogram | undefined): CallRecorder {
  // One object for each status, made once: this is the hot path.
  const labels = new Map<status, Labels>();
  const record = (code: status, startedAt: number) => {
    if (seconds === undefined) return;
    let known = labels.get(code);
    if (known === undefined) labels.set(code, (known = { method: path, code: status[code] }));
    seconds.record((performance.now() - startedAt) / 1000, known);
  };
  return {
    succeeded: (startedAt) => record(status.OK, startedAt),
    failed(error, startedAt) {
      const answer = statusOf(error, path, logger);
      record(answer.code, startedAt);
      return answer;
    },
  };
}
