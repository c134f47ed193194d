import type { LeaseTables } from '../product/task-command.ts';
import type { LeaseRows } from './lease-rows.ts';
import type { Statement, Tables } from './statement.ts';

/** The statements of the one lease keeper, on the tables of one service. */
export function leaseStatements(
  service: string,
  names: LeaseTables,
  rowsOf: (tables: Tables) => LeaseRows,
): Statement[] {
  const [lease, replica] = [names.lease, names.replica].map(quoted);
  const on = (
    act: string,
    fragment: string,
    run: (rows: LeaseRows, at: number, parameters: readonly unknown[]) => readonly object[] | void,
  ): Statement => ({
    name: `${act} of ${service}`,
    fragment,
    run: (tables, given) => run(rowsOf(tables), tables.now().getTime(), given) ?? [],
  });
  return [
    on('ensure leases', `insert into ${lease} (partition)`, (rows, _, [partitions]) =>
      rows.ensure(partitions as number),
    ),
    on('sign in', `insert into ${replica} (instance`, (rows, at, [id, , name]) =>
      rows.signIn(id as string, name as string, at),
    ),
    on('read replicas', `select instance from ${replica}`, (rows, at) => rows.present(at)),
    on('renew leases', `from ${lease} where instance = $1 and expires_at`, (rows, at, [id]) =>
      rows.renew(id as string, at),
    ),
    on('take leases', `from ${lease} where expires_at <`, (rows, at, [id, name, count]) =>
      rows.take({ id: id as string, name: name as string }, count as number, at),
    ),
    on(
      'hold a lease',
      `select partition from ${lease}\n    where partition =`,
      (rows, at, given) => {
        const [partition, instance, epoch] = given as [number, string, bigint];
        return rows.held({ partition, instance, epoch }, at);
      },
    ),
    on('release leases', `from ${lease} where instance = $1 and partition`, (rows, _, given) =>
      rows.release(given[0] as string, given[1] as number[]),
    ),
    on('sign out', `delete from ${replica} where instance =`, (rows, _, [id]) =>
      rows.signOut(id as string),
    ),
    on('end an earlier life', `delete from ${replica} where name =`, (rows, _, [name, id]) =>
      rows.endEarlier({ id: id as string, name: name as string }),
    ),
  ];
}

function quoted(table: string): string {
  return table
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');
}
