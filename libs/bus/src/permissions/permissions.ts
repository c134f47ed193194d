import { eventSubject, streamName, wakeSubjects } from '../subjects.ts';

/** Who logs in to NATS; the edge and the catalog have nothing to say there. */
export type BusUser = 'task-command' | 'projection' | 'scheduler' | 'operator';

/** The subjects that are open to one user; none other is. */
export interface BusPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * Answers to a user's own requests come here, and only here: whoever may read another's answers
 * reads what it asks. A user name is one token of a subject, so it holds no dot.
 */
export function inboxPrefix(user: string): string {
  return `_INBOX_${user}`;
}

/**
 * What a nats-server has to allow for a log of so many partitions. A wildcard cannot stand for
 * `EVT_<p>`, only for whole tokens, so the streams are named one by one; more partitions than the
 * log has do no harm.
 */
export function busPermissions(partitions: number): Readonly<Record<BusUser, BusPermissions>> {
  const streams = Array.from({ length: partitions }, (_, partition) => streamName(partition));
  const events = Array.from({ length: partitions }, (_, partition) => eventSubject(partition));
  const follow = streams.flatMap(consumerRequests);
  return {
    'task-command': {
      publish: [...events, wakeSubjects, ...streams.flatMap(streamRequests)],
      subscribe: [wakeSubjects, answersOf('task-command')],
    },
    projection: { publish: follow, subscribe: [...events, answersOf('projection')] },
    scheduler: { publish: follow, subscribe: [answersOf('scheduler')] },
    operator: {
      publish: [...listRequests, ...streams.flatMap(readRequests), ...follow],
      // Tools of others answer themselves under the client's own prefix.
      subscribe: [...events, wakeSubjects, '_INBOX.>', answersOf('operator')],
    },
  };
}

function answersOf(user: BusUser): string {
  return `${inboxPrefix(user)}.>`;
}

// https://docs.nats.io/reference/reference-protocols/nats_api_reference
const api = '$JS.API';

/** Makes a stream, brings it to its configuration, asks where it ends, makes it anew. */
function streamRequests(stream: string): string[] {
  return [
    `${api}.STREAM.CREATE.${stream}`,
    `${api}.STREAM.UPDATE.${stream}`,
    `${api}.STREAM.DELETE.${stream}`,
    ...readRequests(stream),
  ];
}

function readRequests(stream: string): string[] {
  return [`${api}.STREAM.INFO.${stream}`, `${api}.STREAM.MSG.GET.${stream}`];
}

/** Makes a consumer, reads by it, takes it away. Servers from 2.9 take the second form to make one. */
function consumerRequests(stream: string): string[] {
  return [
    `${api}.CONSUMER.CREATE.${stream}`,
    `${api}.CONSUMER.CREATE.${stream}.>`,
    `${api}.CONSUMER.INFO.${stream}.*`,
    `${api}.CONSUMER.MSG.NEXT.${stream}.*`,
    `${api}.CONSUMER.DELETE.${stream}.*`,
  ];
}

const listRequests = [
  `${api}.INFO`,
  `${api}.STREAM.NAMES`,
  `${api}.STREAM.LIST`,
  `${api}.CONSUMER.NAMES.*`,
  `${api}.CONSUMER.LIST.*`,
];
