import type { Network } from '../network/network.ts';
import type { Wire } from '../network/wire.ts';
import type { Life } from '../time/life.ts';
import { type Answer, type PostgresServer, postgresName } from './postgres-server.ts';
import type { Session, Tables } from './statement.ts';

export interface PoolOptions {
  readonly network: Network;
  readonly server: PostgresServer;
  readonly life: Life;
  readonly connections: number;
  /** The client gives up on an answer. */
  readonly queryTimeoutMs: number;
}

const connectTimeoutMs = 5_000;

export type Run = (tables: Tables, session: Session) => readonly object[];

/** What `pg` is to the product: a few connections, and plain errors when they break. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #idle: PooledConnection[] = [];
  readonly #waiting: (() => void)[] = [];
  #open = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async acquire(): Promise<PooledConnection> {
    const giveUpAt = performance.now() + connectTimeoutMs;
    for (;;) {
      const idle = this.#idle.pop();
      if (idle?.isUsable === true) return idle;
      if (idle !== undefined) this.#open -= 1;
      else if (this.#open < this.#options.connections) return await this.#connect(giveUpAt);
      else await this.#room(giveUpAt);
    }
  }

  release(connection: PooledConnection): void {
    if (connection.isUsable) this.#idle.push(connection);
    else this.#open -= 1;
    this.#waiting.shift()?.();
  }

  /** One statement on a connection of its own. */
  async ask(run: Run): Promise<readonly object[]> {
    const connection = await this.acquire();
    try {
      return await connection.ask(run);
    } finally {
      this.release(connection);
    }
  }

  #connect(giveUpAt: number): Promise<PooledConnection> {
    const { network, life, server, queryTimeoutMs } = this.#options;
    this.#open += 1;
    return new Promise((resolve, reject) => {
      const fail = (message: string) => {
        this.#open -= 1;
        reject(new Error(message));
      };
      network.connect(life, postgresName, undefined, (wire) => {
        if (wire === undefined) return fail('connect ECONNREFUSED');
        const late = setTimeout(() => {
          wire.cut();
          fail('timeout expired');
        }, giveUpAt - performance.now());
        const forget = wire.whenCut('client', () => {
          clearTimeout(late);
          fail('Connection terminated unexpectedly');
        });
        // A server that hangs accepts connections, and authenticates nobody.
        wire.send('server', 'startup', () => {
          wire.send('client', 'ready for query', () => {
            clearTimeout(late);
            forget();
            resolve(new PooledConnection(wire, server, queryTimeoutMs));
          });
        });
      });
    });
  }

  #room(giveUpAt: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(new Error('timeout exceeded when trying to connect'));
      }, giveUpAt - performance.now());
      const go = () => {
        clearTimeout(late);
        resolve();
      };
      this.#waiting.push(go);
    });
  }
}

/** One connection; broken for good after a cut or a statement without an answer. */
export class PooledConnection {
  readonly #wire: Wire;
  readonly #server: PostgresServer;
  readonly #queryTimeoutMs: number;
  #state: 'usable' | 'broken' = 'usable';

  constructor(wire: Wire, server: PostgresServer, queryTimeoutMs: number) {
    this.#wire = wire;
    this.#server = server;
    this.#queryTimeoutMs = queryTimeoutMs;
  }

  get isUsable(): boolean {
    return this.#state === 'usable' && this.#wire.isOpen;
  }

  query(sql: string, parameters: readonly unknown[]): Promise<readonly object[]> {
    return this.ask(this.#server.statement(sql, parameters));
  }

  /** A transaction of repeatable reads begins with the heads as they are. */
  async snapshot(state: 'begin' | 'end'): Promise<void> {
    await this.ask(({ log }, session) => {
      session.snapshot = state === 'begin' ? log.heads() : undefined;
      return [];
    });
  }

  ask(run: Run): Promise<readonly object[]> {
    const wire = this.#wire;
    return new Promise((resolve, reject) => {
      const broken = (message: string) => {
        this.#state = 'broken';
        clearTimeout(late);
        forget();
        reject(new Error(message));
      };
      const late = setTimeout(() => {
        broken('Query read timeout');
        wire.cut();
      }, this.#queryTimeoutMs);
      const forget = wire.whenCut('client', () => broken('Connection terminated unexpectedly'));
      wire.send('server', 'query', () => {
        this.#server.execute(wire, run, (answer) => {
          wire.send('client', 'rows', () => {
            clearTimeout(late);
            forget();
            settle(answer, resolve, reject);
          });
        });
      });
    });
  }
}

function settle(
  answer: Answer,
  resolve: (rows: readonly object[]) => void,
  reject: (error: Error) => void,
): void {
  if (answer.kind === 'rows') resolve(answer.rows);
  else reject(answer.error);
}
