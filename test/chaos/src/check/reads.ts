import { type Evidence, ofKind, streamsOf } from '../history/evidence.ts';
import type { Get, Operation } from '../history/operation.ts';
import { outcomesOf, readAnswer } from '../load/lambdas.ts';
import { type Finding, inspect, unless } from './finding.ts';

/**
 * A read that begins after the same client wrote or saw something does not go back behind it: no
 * 404 after a 201, no lower version than was seen, not unfinished after an end.
 */
export function neverOlder({ operations }: Evidence): Finding {
  const known = Map.groupBy(operations.flatMap(knowledgeOf), keyOf);
  return inspect('no client reads older than it wrote or saw', ofKind(operations, 'get'), (get) => {
    const before = (known.get(keyOf({ client: get.client, id: get.asked.id })) ?? []).filter(
      ({ since }) => since <= get.startedAt,
    );
    if (before.length === 0) return [];
    const least = Math.max(...before.map(({ version }) => version));
    return unless(versionOf(get) >= least, () => {
      const { client, asked, startedAt } = get;
      return `client ${client} read ${asked.id} at ${startedAt} as ${versionOf(get)}, and knew ${least}`;
    });
  });
}

/** Whatever a client was told of a task's events is what the log holds. */
export function toldTheTruth(evidence: Evidence): Finding {
  const streams = streamsOf(evidence.log);
  const told = ofKind(evidence.operations, 'watch').flatMap(({ asked, ending }) =>
    ending.kind === 'answered' ? ending.answer.map((event) => ({ ...event, id: asked.id })) : [],
  );
  return inspect('each watched event stands in the log', told, ({ id, version, type }) =>
    unless(
      streams.get(id)?.[version - 1]?.event.type === type,
      () => `${id} was said to have ${type} as version ${version}`,
    ),
  );
}

/** A watch misses no event and brings none twice. */
export function watchesDense({ operations }: Evidence): Finding {
  const watches = ofKind(operations, 'watch').filter(({ ending }) => ending.kind === 'answered');
  return inspect('a watch brings each event once and in order', watches, ({ asked, ending }) => {
    const versions = ending.kind === 'answered' ? ending.answer.map(({ version }) => version) : [];
    return unless(
      versions.every((version, index) => version === index + 1),
      () => `a watch of ${asked.id} brought ${versions.join(' ')}`,
    );
  });
}

/** An outcome that the lambda can have, and the answer to what was asked. */
export function endsMakeSense(evidence: Evidence): Finding {
  const { contents, operations } = evidence;
  const lambdas = new Map(
    ofKind(operations, 'create').map(({ asked }) => [asked.ask, asked.lambda]),
  );
  return inspect(
    'each end is one that its lambda can have',
    streamsOf(evidence.log),
    ([id, rows]) => {
      const [ask = '', end] = [contents.payloads.get(id), rows.at(-1)?.event];
      const lambda = lambdas.get(ask);
      if (lambda === undefined || end?.type !== 'TaskFinished') return [];
      const answer = readAnswer(contents.results.get(id) ?? '');
      return [
        ...unless(
          outcomesOf(lambda).includes(end.outcome),
          () => `${id} (${lambda}) ${end.outcome}: ${end.detail}`,
        ),
        ...unless(
          end.outcome !== 'succeeded' || answer?.ask === ask,
          () => `${id} answers another's ask`,
        ),
      ];
    },
  );
}

/** What the client was told is what the log says in the end. */
export function endsAreFinal(evidence: Evidence): Finding {
  const ends = new Map(
    evidence.log.flatMap(({ taskId, event }) =>
      event.type === 'TaskFinished' ? [[taskId, event.outcome] as const] : [],
    ),
  );
  const told = evidence.operations.flatMap(endTold);
  return inspect('an end that a client was told is the end', told, ({ id, outcome }) =>
    unless(
      ends.get(id) === outcome,
      () => `${id} was said to be ${outcome} and is ${ends.get(id)}`,
    ),
  );
}

function endTold(operation: Operation): { id: string; outcome: string }[] {
  if (operation.ending.kind !== 'answered') return [];
  if (operation.kind === 'cancel') return [{ id: operation.asked.id, outcome: 'cancelled' }];
  if (operation.kind !== 'result' && operation.kind !== 'get') return [];
  const { id, ending } = { id: operation.asked.id, ending: operation.ending };
  const outcome = 'answer' in ending ? ending.answer.outcome : '';
  return outcome === '' ? [] : [{ id, outcome }];
}

type Knowledge = { client: number; id: string; since: number; version: number };

function knowledgeOf(operation: Operation): Knowledge[] {
  if (operation.ending.kind !== 'answered') return [];
  const { client, endedAt: since } = operation;
  if (operation.kind === 'create') {
    const { id } = operation.ending.answer as { id: string };
    return [{ client, id, since, version: 1 }];
  }
  if (operation.kind !== 'get') return [];
  const { id, version } = operation.ending.answer as { id: string; version: number };
  return [{ client, id, since, version }];
}

function keyOf({ client, id }: { client: number; id: string }): string {
  return `${client} ${id}`;
}

/** Not found is older than everything; what was not answered contradicts nothing. */
function versionOf({ ending }: Get): number {
  if (ending.kind === 'answered') return ending.answer.version;
  return ending.kind === 'refused' && ending.status === 404 ? 0 : Number.POSITIVE_INFINITY;
}
