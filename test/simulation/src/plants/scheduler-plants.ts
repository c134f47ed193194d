import type { SchedulerClient } from '../product/node-agent.ts';
import type { Plant } from './plant.ts';

export const schedulerPlants: readonly Plant[] = [
  {
    name: 'a scheduler forgets to give a slot back, now and then',
    breaks: ['nothing held'],
    scheduler: ({ fleet }) => {
      const drop = fleet.drop.bind(fleet);
      let drops = 0;
      fleet.drop = (node, held) => {
        drops += 1;
        if (drops % 10 > 0) drop(node, held);
      };
    },
  },
  {
    name: 'a scheduler places without a look at the demand',
    breaks: ['fits its node'],
    scheduler: ({ queue }) => {
      const add = queue.add.bind(queue);
      const demand = { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false };
      queue.add = (task) => add({ ...task, demand });
    },
  },
  {
    name: 'a scheduler takes a task that another has bound already: double assignment',
    breaks: ['one node an attempt', 'no fenced report', 'acks are durable', 'nothing held'],
    under: ['unruly feed', 'slow'],
    commands: (commands) => ({
      report: (given) => commands.report(given),
      assign: async (given) => {
        const answers = await commands.assign(given);
        return answers.map((answer) => {
          const isTaken = answer.kind === 'refused' && answer.code === 'CONFLICT';
          return isTaken ? { kind: 'assigned', attempt: 1, payload: undefined } : answer;
        });
      },
    }),
  },
  {
    name: 'a scheduler waits no grace after its restart: who is not here yet is lost',
    breaks: ['no needless loss'],
    under: ['kill'],
    sweeps: (ports) => {
      const { world } = ports.scheduler;
      let asked = 0;
      const uptime = () => (asked++ === 0 ? Number.NEGATIVE_INFINITY : world.uptime());
      const scheduler = { ...ports.scheduler, world: { ...world, uptime } };
      const silenceOf = async () => new Map();
      const endSilent: typeof ports.endSilent = async (nodeIds) => nodeIds;
      return { ...ports, scheduler, silenceOf, endSilent };
    },
  },
  {
    name: 'a scheduler acknowledges a report before it is recorded',
    breaks: ['acks are durable'],
    commands: (commands) => ({
      assign: (given) => commands.assign(given),
      report: async (given) => {
        void commands.report(given);
        return given.map(() => ({ kind: 'recorded' }));
      },
    }),
  },
  {
    name: 'a scheduler takes a report without an answer for a refused one',
    breaks: ['acks are durable'],
    under: ['kill', 'cut', 'hold', 'postgres crash'],
    commands: (commands) => ({
      assign: (given) => commands.assign(given),
      report: async (given) => {
        const answers = await commands.report(given);
        return answers.map((answer) =>
          answer.kind === 'unknown'
            ? { kind: 'refused', code: 'TASK_NOT_FOUND', message: 'no answer' }
            : answer,
        );
      },
    }),
  },
  {
    name: 'a node does not fence itself: it takes every beat for answered',
    breaks: ['no needless loss'],
    under: ['hold'],
    node: answersItself,
  },
];

/** Its own heart tells it that the scheduler is there. */
function answersItself(client: SchedulerClient): SchedulerClient {
  return {
    fetchCode: (version) => client.fetchCode(version),
    close: () => client.close(),
    connect: () => {
      const stream = client.connect();
      const beats: bigint[] = [];
      let wake = () => {};
      const messages = (async function* read() {
        const inbound = stream.messages[Symbol.asyncIterator]();
        let next = inbound.next();
        for (;;) {
          const beat = new Promise<'beat'>((resolve) => (wake = () => resolve('beat')));
          for (const sequence of beats.splice(0))
            yield { kind: 'heartbeat-ack', sequence } as const;
          const first = await Promise.race([next, beat]);
          if (first === 'beat') continue;
          if (first.done === true) return;
          next = inbound.next();
          yield first.value;
        }
      })();
      return {
        messages,
        send(message) {
          if (message.kind === 'heartbeat') {
            beats.push(message.sequence);
            wake();
          }
          return stream.send(message);
        },
        end: () => stream.end(),
        cancel: () => stream.cancel(),
      };
    },
  };
}
