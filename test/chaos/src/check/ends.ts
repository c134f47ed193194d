import type { TaskFinished } from '@greencloud/domain';
import { type Evidence, ofKind, streamsOf } from '../history/evidence.ts';
import type { LogRow } from '../history/log-row.ts';
import type { LambdaName, Operation } from '../history/operation.ts';
import { outcomesOf, readAnswer, timeoutOf } from '../load/lambdas.ts';
import { type Finding, inspect, unless } from './finding.ts';

/** The fifth loss of its node ends a task as lost. */
const LOSSES_BEFORE = 4;

// The log's times are of two processes of one machine: what a clock's step may make of them.
const SLACK_MS = 500;

// Harm takes some: a run of harm by the minute ends 99 of a hundred well. A build that gives up on
// its tasks would break no other rule.
const LEAST_SHARE = 0.8;

/** An outcome that the lambda can have, with a cause for it, and the answer to what was asked. */
export function endsMakeSense(evidence: Evidence): Finding {
  return inspect('each end has a cause, and its lambda can have it', endsOf(evidence), (end) => {
    const { id, ask, lambda, finish, rows } = end;
    const answer = readAnswer(evidence.contents.results.get(id) ?? '');
    const why = whyNot(finish, rows, timeoutOf(lambda));
    return [
      ...unless(
        outcomesOf(lambda).includes(finish.outcome),
        () => `${id} (${lambda}) ${finish.outcome}: ${finish.detail}`,
      ),
      ...unless(why === undefined, () => `${id} (${lambda}) is ${finish.outcome}: ${why}`),
      ...unless(
        finish.outcome !== 'succeeded' || answer?.ask === ask,
        () => `${id} answers another's ask`,
      ),
    ];
  });
}

/** Lost and late tasks have a cause each; all of them together are one too many. */
export function mostSucceed(evidence: Evidence): Finding {
  const able = endsOf(evidence).filter(
    ({ lambda, finish }) =>
      outcomesOf(lambda).includes('succeeded') && finish.outcome !== 'cancelled',
  );
  const well = able.filter(({ finish }) => finish.outcome === 'succeeded').length;
  const share = able.length === 0 ? 1 : well / able.length;
  return {
    invariant: `at least ${LEAST_SHARE * 100} of a hundred tasks that can succeed do (here ${(share * 100).toFixed(1)})`,
    checked: able.length,
    violations: unless(share >= LEAST_SHARE, () => `${well} of ${able.length} have succeeded`),
  };
}

/** What the client was told is what the log says in the end. */
export function endsAreFinal(evidence: Evidence): Finding {
  const ends = new Map(
    evidence.log.flatMap(({ taskId, version, event }) =>
      event.type === 'TaskFinished' ? [[taskId, { version, outcome: event.outcome }] as const] : [],
    ),
  );
  const told = evidence.operations.flatMap(endTold);
  return inspect('an end that a client was told is the end', told, ({ id, outcome, version }) => {
    const end = ends.get(id);
    return unless(
      end?.outcome === outcome && end.version === version,
      () => `${id} was said to be ${outcome} (${version}) and is ${end?.outcome} (${end?.version})`,
    );
  });
}

type End = {
  readonly id: string;
  readonly ask: string;
  readonly lambda: LambdaName;
  readonly finish: TaskFinished;
  readonly rows: readonly LogRow[];
};

/** Of the tasks that have one, and whose ask is known. */
export function endsOf({ contents, operations, log }: Evidence): End[] {
  const lambdas = new Map(
    ofKind(operations, 'create').map(({ asked }) => [asked.ask, asked.lambda]),
  );
  return [...streamsOf(log)].flatMap(([id, rows]) => {
    const [ask = '', finish] = [contents.payloads.get(id), rows.at(-1)?.event];
    const lambda = lambdas.get(ask);
    if (lambda === undefined || finish?.type !== 'TaskFinished') return [];
    return [{ id, ask, lambda, finish, rows }];
  });
}

/** Why a stream does not bear its end; undefined when it does. */
function whyNot(
  { outcome }: TaskFinished,
  rows: readonly LogRow[],
  timeoutSeconds: number,
): string | undefined {
  if (outcome === 'lost') {
    const losses = rows.filter(isLoss).length;
    return losses >= LOSSES_BEFORE ? undefined : `it lost its node ${losses} times before`;
  }
  if (outcome === 'timed_out') {
    const assignedAt = rows.findLast(({ event }) => event.type === 'TaskAssigned')?.recordedAt ?? 0;
    const heldMs = (rows.at(-1)?.recordedAt ?? 0) - assignedAt;
    const isLate = heldMs + SLACK_MS >= timeoutSeconds * 1_000;
    return isLate ? undefined : `a node had it for ${heldMs} ms of ${timeoutSeconds} s`;
  }
  return undefined;
}

/** A drain and a refusal are none. */
function isLoss({ event }: LogRow): boolean {
  if (event.type !== 'TaskReleased') return false;
  return event.reason === 'node_lost' || event.reason === 'unacknowledged';
}

type Told = { readonly id: string; readonly outcome: string; readonly version: number };

function endTold(operation: Operation): Told[] {
  const { kind } = operation;
  if (kind === 'create' || kind === 'list' || kind === 'watch') return [];
  const { asked, ending } = operation;
  if (ending.kind !== 'answered') return [];
  const outcome = 'outcome' in ending.answer ? ending.answer.outcome : 'cancelled';
  return outcome === '' ? [] : [{ id: asked.id, outcome, version: ending.answer.version }];
}
