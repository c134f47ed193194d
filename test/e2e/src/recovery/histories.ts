import { eventually } from '@greencloud/testing';
import type { HistoryEntry } from '../client.ts';
import type { Tenant } from '../shared/running-stack.ts';

export type History = readonly HistoryEntry[];

/** Where a task is assigned now, once it is running there. */
export async function runningOn(tenant: Tenant, id: string): Promise<string> {
  return eventually(
    async () => {
      const { state, node } = await tenant.task(id);
      return state === 'running' && node !== '' ? node : false;
    },
    { timeoutMs: 60_000, everyMs: 100 },
  );
}

export async function ended(tenant: Tenant, id: string, timeoutMs = 120_000): Promise<History> {
  const look = async () => {
    const { state } = await tenant.task(id);
    return state === 'finished' ? tenant.history(id) : false;
  };
  return eventually(look, { timeoutMs, everyMs: 200 });
}

export function count(history: History, type: string): number {
  return history.filter((event) => event.type === type).length;
}

/** Unix ms of the assignment of this attempt; undefined before there is one. */
export function assignedAt(history: History, attempt: number): number | undefined {
  return history.find((event) => event.type === 'TaskAssigned' && event.attempt === attempt)?.atMs;
}

/** Exactly one finish, at the end, and versions without a gap. */
export function isSound(history: History): boolean {
  const isDense = history.every(({ version }, index) => version === index + 1);
  return isDense && count(history, 'TaskFinished') === 1 && history.at(-1)?.type === 'TaskFinished';
}
