import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';

/** Sends one statement; a plant may send others in its place. */
export type Query = (sql: string, parameters: readonly unknown[]) => Promise<readonly object[]>;

/** One connection to the stand-in. */
export interface StatementConnection {
  readonly query: Query;
  /** A transaction of repeatable reads begins, or ends. */
  snapshot(state: 'begin' | 'end'): Promise<void>;
}

export interface ConnectionPool<C extends StatementConnection> {
  acquire(): Promise<C>;
  release(connection: C): void;
}

/** The real query builder over the stand-in: what it compiles is looked up by its text. */
export function openSimulatedDatabase<D, C extends StatementConnection = StatementConnection>(
  pool: ConnectionPool<C>,
  plant: (query: Query) => Query = (query) => query,
): Kysely<D> {
  const dialect: Dialect = {
    createDriver: () => new SimulatedDriver(pool, plant),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
  return new Kysely<D>({ dialect });
}

class SimulatedDriver<C extends StatementConnection> implements Driver {
  readonly #pool: ConnectionPool<C>;
  readonly #acquired = new WeakMap<DatabaseConnection, C>();
  readonly #plant: (query: Query) => Query;

  constructor(pool: ConnectionPool<C>, plant: (query: Query) => Query) {
    this.#pool = pool;
    this.#plant = plant;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const acquired = await this.#pool.acquire();
    const query = this.#plant((sql, parameters) => acquired.query(sql, parameters));
    const connection = new SimulatedConnection(query);
    this.#acquired.set(connection, acquired);
    return connection;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#of(connection).snapshot('begin');
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#of(connection).snapshot('end');
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#of(connection).snapshot('end');
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#pool.release(this.#of(connection));
  }

  async destroy(): Promise<void> {}

  #of(connection: DatabaseConnection): C {
    const acquired = this.#acquired.get(connection);
    if (acquired === undefined) throw new Error('a connection of somebody else');
    return acquired;
  }
}

class SimulatedConnection implements DatabaseConnection {
  readonly #query: Query;

  constructor(query: Query) {
    this.#query = query;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const rows = await this.#query(sql, parameters);
    return { rows: rows as R[] };
  }

  streamQuery(): never {
    throw new Error('the product streams no queries');
  }
}
