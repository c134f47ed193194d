import type { Kysely } from 'kysely';
import { openSimulatedDatabase } from './dialect.ts';
import { type Session, Statements, type Tables } from './statement.ts';
import { statements } from './tables.ts';

/** The stand-in without a network: each statement is answered at once. */
export function openDirectDatabase<D>(tables: Tables): Kysely<D> {
  const known = new Statements(statements);
  return openSimulatedDatabase<D>({
    async acquire() {
      const session: Session = { snapshot: undefined };
      return {
        query: async (sql, parameters) =>
          known.find(sql).run(tables, parameters, { sql, snapshot: session.snapshot }),
        async snapshot(state) {
          session.snapshot = state === 'begin' ? tables.log.heads() : undefined;
        },
      };
    },
    release: () => undefined,
  });
}
