import { natsName } from '../nats/nats-server.ts';
import { postgresName } from '../postgres/postgres-server.ts';
import { type Harm, spanMs, victimOf } from './harm.ts';

export function cutLink(harm: Harm): void {
  const { one, other, ms } = linkOf(harm, 'cuts');
  harm.house.network.cut(one, other, ms);
}

/** Half-open, in one direction or both: nothing arrives, and nobody is told. */
export function holdLink(harm: Harm): void {
  const { one, other, ms } = linkOf(harm, 'holds');
  harm.house.network.hold(one, other, ms, harm.random.pick(['both', 'to one', 'to other']));
}

export function slowLink(harm: Harm): void {
  const { one, other, ms } = linkOf(harm, 'slows');
  harm.house.network.slow(one, other, ms, harm.random.pick([5, 50, 400]));
}

function linkOf(harm: Harm, verb: string) {
  const one = victimOf(harm).name;
  const other = harm.random.pick(peersOf(harm, one));
  const ms = spanMs(harm);
  harm.say(() => `${verb} the link between ${one} and ${other} for ${ms} ms`);
  if (one.startsWith('scheduler') && other === postgresName) {
    harm.house.ledger.disturbances.note(ms);
  }
  return { one, other, ms };
}

function peersOf({ house: { topology } }: Harm, name: string): readonly string[] {
  if (name.startsWith('node')) return topology.schedulers;
  if (name.startsWith('task-command')) return [postgresName, natsName];
  return [postgresName, natsName, ...topology.taskCommands];
}
