import { logStatements } from './log-statements.ts';
import { LogTables } from './log-tables.ts';
import { SessionTables } from './session-tables.ts';
import type { Statement, Tables } from './statement.ts';
import { viewStatements } from './view-statements.ts';
import { ViewTables } from './view-tables.ts';

/** Everything that the product says to Postgres by SQL. */
export const statements: readonly Statement[] = [...logStatements, ...viewStatements];

/** Empty, as after the migrations; `now` is the database's clock in Unix ms. */
export function newTables(partitions: number, now: () => number): Tables {
  return {
    log: new LogTables(partitions),
    views: new ViewTables(),
    sessions: new SessionTables(now),
    now: () => new Date(Math.floor(now())),
  };
}
