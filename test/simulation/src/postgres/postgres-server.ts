import type { Network } from '../network/network.ts';
import type { Wire } from '../network/wire.ts';
import type { Plant } from '../plants/plant.ts';
import type { Life } from '../time/life.ts';
import type { World } from '../time/world.ts';
import { type Session, Statements, type Tables } from './statement.ts';
import { newTables, statements } from './tables.ts';

export const postgresName = 'postgres';

type Rows = readonly object[];

export type Answer =
  | { readonly kind: 'rows'; readonly rows: Rows }
  | { readonly kind: 'error'; readonly error: Error };

export interface PostgresOptions {
  readonly world: World;
  readonly network: Network;
  readonly partitions: number;
  readonly plant: Pick<Plant, 'statement' | 'statements'>;
}

/** The one Postgres: its tables outlive its crashes, its connections do not. */
export class PostgresServer {
  readonly #options: PostgresOptions;
  readonly #statements: Statements;
  readonly #sessions = new WeakMap<Wire, Session>();
  readonly tables: Tables;
  #life: Life;

  constructor(options: PostgresOptions) {
    const { world, partitions, plant } = options;
    this.#options = options;
    const changed = statements.map((statement) => plant.statement?.(statement) ?? statement);
    this.#statements = new Statements([...changed, ...(plant.statements ?? [])]);
    this.tables = newTables(partitions, () => world.wall);
    this.#life = this.#begin();
  }

  get life(): Life {
    return this.#life;
  }

  /** Everything committed stays. */
  crash(): void {
    this.#life.end();
  }

  restart(): void {
    this.crash();
    this.#life = this.#begin();
  }

  sessionOf(wire: Wire): Session {
    let session = this.#sessions.get(wire);
    if (session === undefined) this.#sessions.set(wire, (session = { snapshot: undefined }));
    return session;
  }

  /**
   * In the server's process. What has arrived is executed though its client may be gone; the
   * answer comes after the commit.
   */
  execute(wire: Wire, run: (tables: Tables, session: Session) => Rows, done: (a: Answer) => void) {
    const { world } = this.#options;
    world.plan(this.#life, world.random.between(0.05, 0.8), 'execute', () => {
      done(this.#attempt(() => run(this.tables, this.sessionOf(wire))));
    });
  }

  statement(sql: string, parameters: readonly unknown[]) {
    const statement = this.#statements.find(sql);
    return (tables: Tables, { snapshot }: Session): Rows =>
      statement.run(tables, parameters, { sql, snapshot });
  }

  #attempt(run: () => Rows): Answer {
    try {
      return { kind: 'rows', rows: run() };
    } catch (error) {
      if (error instanceof Error && 'severity' in error) return { kind: 'error', error };
      throw error;
    }
  }

  #begin(): Life {
    const { world, network } = this.#options;
    const life = world.begin(postgresName);
    network.listen(life);
    return life;
  }
}
