import { type Evidence, ofKind, streamsOf } from '../history/evidence.ts';
import type { Operation } from '../history/operation.ts';
import { type Finding, inspect, unless } from './finding.ts';

/**
 * A read that begins after the same client wrote or saw something does not go back behind it: no
 * 404 after a 201, no lower version than was seen, not unfinished after an end or a cancel.
 */
export function neverOlder({ operations }: Evidence): Finding {
  const known = Map.groupBy(operations.flatMap(knowledgeOf), keyOf);
  const reads = operations.flatMap(readOf);
  return inspect('no client reads older than it wrote or saw', reads, (read) => {
    const before = (known.get(keyOf(read)) ?? []).filter(({ since }) => since <= read.startedAt);
    if (before.length === 0) return [];
    const least = Math.max(...before.map(({ version }) => version));
    return unless(read.version >= least, () => {
      const { kind, client, id, startedAt, version } = read;
      return `client ${client} read ${id} (${kind}) at ${startedAt} as ${version}, and knew ${least}`;
    });
  });
}

/** Whatever a client was told of a task's events is what the log holds. */
export function toldTheTruth(evidence: Evidence): Finding {
  const streams = streamsOf(evidence.log);
  const told = watched(evidence).flatMap(({ id, events }) =>
    events.map((event) => ({ ...event, id })),
  );
  return inspect('each watched event stands in the log', told, ({ id, version, type }) =>
    unless(
      streams.get(id)?.[version - 1]?.event.type === type,
      () => `${id} was said to have ${type} as version ${version}`,
    ),
  );
}

/** A watch misses no event and brings none twice, however its stream ended. */
export function watchesDense(evidence: Evidence): Finding {
  return inspect('a watch brings each event once and in order', watched(evidence), (watch) => {
    const { id, after, events } = watch;
    return unless(
      events.every(({ version }, index) => version === after + index + 1),
      () =>
        `a watch of ${id} after ${after} brought ${events.map(({ version }) => version).join(' ')}`,
    );
  });
}

function watched({ operations }: Evidence) {
  return ofKind(operations, 'watch').flatMap(({ asked, ending }) =>
    ending.kind === 'answered' ? [{ ...asked, ...ending.answer }] : [],
  );
}

type Knowledge = {
  readonly client: number;
  readonly id: string;
  readonly since: number;
  readonly version: number;
};

/** Each answer that tells a version, of whatever kind it is. */
function knowledgeOf(operation: Operation): Knowledge[] {
  const told = versionTold(operation);
  const { client, endedAt: since } = operation;
  return told === undefined ? [] : [{ ...told, client, since }];
}

function versionTold(operation: Operation): { id: string; version: number } | undefined {
  switch (operation.kind) {
    case 'list':
      return undefined;
    case 'create': {
      const { ending } = operation;
      return ending.kind === 'answered' ? { id: ending.answer.id, version: 1 } : undefined;
    }
    case 'watch': {
      const { asked, ending } = operation;
      if (ending.kind !== 'answered') return undefined;
      return { id: asked.id, version: ending.answer.events.at(-1)?.version ?? asked.after };
    }
    case 'get':
    case 'cancel':
    case 'result': {
      const { asked, ending } = operation;
      if (ending.kind !== 'answered') return undefined;
      return { id: asked.id, version: ending.answer.version };
    }
    default:
      return operation satisfies never;
  }
}

type Read = {
  readonly kind: string;
  readonly client: number;
  readonly id: string;
  readonly startedAt: number;
  readonly version: number;
};

/** A 404 is older than everything, whoever says it; what was not answered contradicts nothing. */
function readOf(operation: Operation): Read[] {
  if (operation.kind === 'create' || operation.kind === 'list') return [];
  const { kind, client, startedAt, asked, ending } = operation;
  const isUnknown = ending.kind === 'refused' && ending.code === 'TASK_NOT_FOUND';
  // A watch that broke brought less than it would have.
  const told = kind === 'watch' ? undefined : versionTold(operation)?.version;
  const version = isUnknown ? 0 : told;
  return version === undefined ? [] : [{ kind, client, id: asked.id, startedAt, version }];
}

function keyOf({ client, id }: { client: number; id: string }): string {
  return `${client} ${id}`;
}
