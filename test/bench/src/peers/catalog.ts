import type { Peer } from './peer.ts';

/** The server that a peer stands on. */
type PeerServer = 'postgres' | 'redis';

type PeerEntry = {
  readonly server: PeerServer;
  /** Loaded on demand: a process carries the one library that it measures. */
  readonly load: () => Promise<Peer>;
};

const loadPgBoss = async () => (await import('./pg-boss.ts')).pgBoss;

export const PEERS = {
  bullmq: { server: 'redis', load: async () => (await import('./bullmq.ts')).bullmq },
  'pg-boss': { server: 'postgres', load: async () => (await loadPgBoss())('polling') },
  'pg-boss-notify': { server: 'postgres', load: async () => (await loadPgBoss())('notify') },
  'graphile-worker': {
    server: 'postgres',
    load: async () => (await import('./graphile-worker.ts')).graphileWorker,
  },
} as const satisfies Record<string, PeerEntry>;

export type PeerName = keyof typeof PEERS;

export function isPeerName(name: string): name is PeerName {
  return Object.hasOwn(PEERS, name);
}
