import type { RunningClient } from '../processes/client/client.ts';
import type { House } from '../processes/house.ts';
import type { Replica } from '../processes/replica.ts';
import type { Scheduler } from '../product/scheduler.ts';

/** What is still to be done, in words; empty when the house has come to rest. */
export function leftToDo(house: House, clients: readonly Replica<RunningClient>[]): string[] {
  const { ledger, topology } = house;
  const schedulers = [...ledger.schedulers];
  const sessions = schedulers.flatMap(([, { fleet }]) => [...fleet.nodes()]);
  const connected = sessions.filter(({ link }) => link === 'connected').length;
  return [
    ...some(
      sumOf(clients, ({ running }) => running?.open() ?? 0),
      'stories of clients go on',
    ),
    ...some(ledger.log.open, 'tasks are open'),
    ...some(ledger.lambdas.running, 'lambdas run'),
    ...some(partitionsBehind(house).length, 'partitions are behind in the views'),
    ...some(unrelayed(house).length, 'partitions are behind in their streams'),
    ...some(topology.schedulers.length - schedulers.length, 'schedulers are down'),
    ...some(Math.abs(topology.nodes.length - connected), 'nodes are not in one session'),
    ...schedulers.flatMap(([{ name }, scheduler]) => leftAt(name, scheduler)),
  ];
}

function leftAt(name: string, { board, queue, binder, recorder, fleet }: Scheduler): string[] {
  const nodes = [...fleet.nodes()];
  return [
    ...some(board.size, `tasks are on the board of ${name}`),
    ...some(queue.size, `tasks are in the queue of ${name}`),
    ...some(binder.inFlight, `bindings of ${name} have no answer`),
    ...some(recorder.waiting, `reports of ${name} have no answer`),
    ...some(
      sumOf(nodes, ({ held }) => held.size),
      `attempts are held at ${name}`,
    ),
    ...some(
      sumOf(nodes, ({ busy }) => busy),
      `slots are taken at ${name}`,
    ),
  ];
}

/** Everything that must be true once the house has come to rest. */
export function checkAtRest(house: House): void {
  const { ledger, postgres } = house;
  const { violations, requests } = ledger;
  for (const { accepted, number } of requests.all) {
    if (accepted === undefined) continue;
    const task = ledger.log.tasks.get(accepted);
    violations.check('all end', task?.state === 'finished', () => {
      return `task ${accepted} of request ${number} is ${task?.state}`;
    });
  }
  const behind = partitionsBehind(house);
  violations.check('all caught up', behind.length === 0, () => `behind: ${behind.join(', ')}`);
  const waiting = unrelayed(house);
  violations.check('all relayed', waiting.length === 0, () => `not yet: ${waiting.join(', ')}`);
  ledger.views.whole(postgres.tables);
}

function partitionsBehind({ postgres }: House): number[] {
  const { log, views } = postgres.tables;
  return log.heads().flatMap((head, partition) => {
    return (views.checkpoints.get(partition) ?? 0n) < head ? [partition] : [];
  });
}

/** A stream may have lost what it held; what was committed after that must have come to it. */
function unrelayed({ postgres, ledger }: House): number[] {
  return postgres.tables.log.heads().flatMap((head, partition) => {
    return (ledger.relayed.get(partition) ?? 0n) < head ? [partition] : [];
  });
}

function some(count: number, what: string): string[] {
  return count > 0 ? [`${count} ${what}`] : [];
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
