import type { Bus, StreamEnd } from '@greencloud/bus';
import type { GetTaskRequest } from '@greencloud/proto/task/v1/task_query';
import { writesOf } from '../postgres/view-statements.ts';
import { withHandler } from './handlers.ts';
import type { Query } from '../postgres/dialect.ts';
import type { Plant } from './plant.ts';

/** What the one statement does, in two transactions: first the checkpoint, then what it stands for. */
function splitBatch(query: Query): Query {
  return async (sql, parameters) => {
    if (!sql.includes('with move as materialized')) return await query(sql, parameters);
    const answer = await query('planted: move the checkpoint', parameters);
    const { moved } = answer[0] as { moved: number[] };
    await query('planted: write the rows', [moved, ...parameters]);
    return answer;
  };
}

function takesRefusedForStored(bus: Bus): Bus {
  return {
    ...bus,
    async publish(events, options) {
      const result = await bus.publish(events, options);
      const position = events.at(-1)?.position;
      if (result.kind !== 'rejected' || result.reason !== 'refused' || !position) return result;
      const { sequence } = options.previous;
      return { kind: 'published', upTo: position, next: { kind: 'after', position, sequence } };
    },
  };
}

export const followerPlants: readonly Plant[] = [
  {
    name: 'a follower moves its checkpoint before the effect',
    breaks: ['view is the fold', 'counts are sums', 'nothing held'],
    under: ['kill', 'kill between two steps', 'cut', 'postgres crash'],
    query: splitBatch,
    statements: [
      {
        name: 'planted: move the checkpoint',
        fragment: 'planted: move the checkpoint',
        run: ({ views }, parameters) => {
          const moved = writesOf(parameters)
            .filter(({ partition, from }) => views.checkpoints.get(partition) === from)
            .map(({ partition, to }) => {
              views.checkpoints.set(partition, to);
              return partition;
            });
          return [{ moved }];
        },
      },
      {
        name: 'planted: write the rows',
        fragment: 'planted: write the rows',
        run: ({ views }, [moved, ...parameters]) => {
          const isMoved = ({ partition }: { partition: number }) =>
            (moved as number[]).includes(partition);
          views.write(writesOf(parameters).filter(isMoved));
          return [];
        },
      },
    ],
  },
  {
    name: 'a follower takes a batch twice',
    breaks: ['counts are sums', 'view is the fold'],
    query: (query) => async (sql, parameters) => {
      const isWrite = sql.includes('with move as materialized');
      if (isWrite && writesOf(parameters).some(({ to }) => to % 9n === 0n)) {
        await query('planted: count twice', parameters);
      }
      return await query(sql, parameters);
    },
    statements: [
      {
        name: 'planted: count twice',
        fragment: 'planted: count twice',
        run: ({ views }, parameters) => {
          const again = writesOf(parameters).map((write) => {
            const to = views.checkpoints.get(write.partition) ?? 0n;
            return { ...write, to, rows: [] };
          });
          views.write(again);
          return [];
        },
      },
    ],
  },
  {
    name: 'a follower never looks into the log',
    // A head of 0 may also look like a log that was set back, at which a follower ends by itself.
    breaks: ['nothing held', 'view is the fold', 'no crash'],
    under: ['unruly feed'],
    reader: (reader) => ({
      async getLog(signal) {
        const { partitions, heads } = await reader.getLog(signal);
        return { partitions, heads: heads.map(() => 0n) };
      },
      async *readPartition() {},
      readTasks: (ids, options) => reader.readTasks(ids, options),
      listOpenTasks: (partition, signal) => reader.listOpenTasks(partition, signal),
      getResults: (keys, options) => reader.getResults(keys, options),
      getPayload: (taskId, options) => reader.getPayload(taskId, options),
      close: () => reader.close(),
    }),
  },
  {
    // The chain alone would heal it: what follows a message that was not stored is refused too.
    name: 'the relay takes a refused message for stored, and does not chain what follows',
    breaks: ['stream in order'],
    under: ['disk full at times'],
    bus: takesRefusedForStored,
    nats: (nats) => {
      const addStream = nats.addStream.bind(nats);
      nats.addStream = (name, config, windowMs) => {
        const added = addStream(name, config, windowMs);
        const stream = nats.streams.get(name);
        if (stream === undefined) return added;
        const publish = Object.getPrototypeOf(stream).publish.bind(stream);
        stream.publish = (subject, data, msgId) => publish(subject, data, msgId, {});
        return added;
      };
    },
  },
  {
    name: 'the relay trusts its memory of the stream, also after NATS lost its store',
    breaks: ['nothing held', 'all relayed', 'stream in order'],
    under: ['nats wiped', 'stream deleted'],
    // Every seed shows it, with few tasks too. The relay then sends again, each 25 ms until the run
    // ends, all that piled up behind: of the 880 tasks of a busy seed in 54 s, of 80 in 7 s.
    load: 'as drawn',
    bus: (bus) => {
      const ends = new Map<number, StreamEnd>();
      return {
        ...bus,
        lastPublished: async (partition) =>
          ends.get(partition) ?? (await bus.lastPublished(partition)),
        async publish(events, options) {
          const result = await bus.publish(events, options);
          if (result.kind !== 'published') return result;
          const { upTo: position, next } = result;
          const bytes = events.find((event) => event.position === position)?.bytes;
          if (bytes !== undefined) {
            const { sequence } = next;
            ends.set(options.partition, { kind: 'at', position, sequence, bytes });
          }
          return result;
        },
      };
    },
  },
  {
    name: 'a read does not look whether the view is old',
    breaks: ['reads what it wrote'],
    under: ['freeze', 'unruly feed', 'slow'],
    service: (service) =>
      withHandler(service, 'getTask', (handler) => (request: GetTaskRequest, call) => {
        const key = request.key && { ...request.key, minVersion: 0 };
        return handler({ ...request, key } as never, call);
      }),
  },
];
