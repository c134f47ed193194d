import { DomainError } from '@greencloud/domain';
import type { Client } from '@grpc/grpc-js';

// grpc-js takes no signal here, so the wait is cut in slices.
const SLICE_MS = 200;

export async function waitForReady(
  client: Client,
  { signal, withinMs = Number.POSITIVE_INFINITY }: { signal?: AbortSignal; withinMs?: number } = {},
): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while ((await readyWithin(client, SLICE_MS)) === 'not ready') {
    signal?.throwIfAborted();
    if (Date.now() >= giveUpAt) throw new DomainError('UNAVAILABLE', 'no server answers');
  }
}

function readyWithin(client: Client, ms: number): Promise<'ready' | 'not ready'> {
  return new Promise((resolve) => {
    client.waitForReady(Date.now() + ms, (error) => resolve(error ? 'not ready' : 'ready'));
  });
}
