import type { Capabilities, TaskIssued } from '@greencloud/domain';

// Tenants and lambdas come and go: what is known is forgotten rather than kept for ever.
const most = 10_000;

/**
 * Gives equal values one object. Each event that is read brings its own copies, while 100,000
 * waiting tasks are of a few tenants, lambdas and demands.
 */
export class SharedValues {
  readonly #texts = new Map<string, string>();
  readonly #demands = new Map<string, Capabilities>();

  issued(event: TaskIssued): TaskIssued {
    return {
      ...event,
      tenantId: this.text(event.tenantId),
      lambdaId: this.text(event.lambdaId),
      codeVersion: this.text(event.codeVersion),
      capabilities: this.#demand(event.capabilities),
    };
  }

  text<T extends string>(value: T): T {
    return shared(this.#texts as Map<string, T>, value, value);
  }

  #demand(demand: Capabilities): Capabilities {
    const { cpuCount, memSize, networkLatency, privileged } = demand;
    const key = `${cpuCount}/${memSize}/${networkLatency}/${privileged}`;
    return shared(this.#demands, key, demand);
  }
}

function shared<T>(known: Map<string, T>, key: string, value: T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= most) known.clear();
  known.set(key, value);
  return value;
}
