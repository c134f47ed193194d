import type { LogTables } from './log-tables.ts';
import type { SessionTables } from './session-tables.ts';
import type { ViewTables } from './view-tables.ts';

export interface Tables {
  readonly log: LogTables;
  readonly views: ViewTables;
  readonly sessions: SessionTables;
  /** The database's clock. */
  readonly now: () => Date;
}

/** A statement on its way: its text, and what the server knows of its connection. */
export interface Asked extends Session {
  readonly sql: string;
}

/** What the server knows of one connection. */
export interface Session {
  /** The heads of all partitions when its repeatable-read transaction began. */
  snapshot: readonly bigint[] | undefined;
}

/** One statement of the product, known by a piece of its text that no other statement has. */
export interface Statement {
  readonly name: string;
  readonly fragment: string;
  run(tables: Tables, parameters: readonly unknown[], asked: Asked): readonly object[];
}

/** Finds statements by their text; the text is looked through once. */
export class Statements {
  readonly #all: readonly Statement[];
  readonly #known = new Map<string, Statement>();

  constructor(all: readonly Statement[]) {
    this.#all = all;
  }

  find(sql: string): Statement {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    const fitting = this.#all.filter(({ fragment }) => sql.includes(fragment));
    const [statement] = fitting;
    if (statement === undefined || fitting.length > 1) {
      throw new UnknownStatementError(sql, fitting.length);
    }
    this.#known.set(sql, statement);
    return statement;
  }
}

/** The product says something to Postgres that the stand-in has not learnt. */
class UnknownStatementError extends Error {
  override readonly name = 'UnknownStatementError';

  constructor(sql: string, fitting: number) {
    super(`${fitting} statements of the stand-in fit this one: ${sql}`);
  }
}
