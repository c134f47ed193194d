import { DomainError } from '@greencloud/domain';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import type { LastSession, SessionStore } from '../session/session-store.ts';
import type { Sessions } from '../session/sessions.ts';
import type { World } from '../world.ts';
import type { Sweep } from './sweep.ts';

export interface NoteOptions {
  readonly world: World;
  readonly sessions: Sessions;
  readonly store: SessionStore;
}

export interface NoteLastSeenOptions extends NoteOptions {
  readonly fleet: Fleet;
  readonly everyMs: number;
}

// The rows of 1,000 take 2 ms to make and to read.
const mostAtOnce = 1_000;

/** Writes when this replica's nodes were last heard. */
export function noteLastSeen(options: NoteLastSeenOptions): Sweep {
  const { fleet, everyMs } = options;
  return {
    name: 'note-last-seen',
    everyMs,
    run: () => noteNodes([...fleet.nodes()], options),
  };
}

/**
 * Writes when they were last heard, in one statement for many, and learns by the same what happened
 * elsewhere: a later session at another replica, a drain, a node shut out. What is connected after
 * that was ours to speak for when Postgres was asked.
 */
export async function noteNodes(nodes: readonly FleetNode[], options: NoteOptions): Promise<void> {
  for (let first = 0; first < nodes.length; first += mostAtOnce) {
    await noteSome(nodes.slice(first, first + mostAtOnce), options);
  }
}

async function noteSome(
  nodes: readonly FleetNode[],
  { world, sessions, store }: NoteOptions,
): Promise<void> {
  const now = world.uptime();
  const noted = nodes.map((node) => ({ node, epoch: node.epoch }));
  const states = await store.touch(
    noted.map(({ node, epoch }) => ({
      nodeId: node.nodeId,
      epoch,
      link: node.link === 'connected' ? 'connected' : 'silent',
      silentMs: now - node.heardAt,
    })),
  );
  const last = new Map(states.map((state) => [state.nodeId, state]));
  for (const { node, epoch } of noted) {
    const state = last.get(node.nodeId);
    if (state !== undefined && isStill(node, epoch)) obey(node, state, sessions);
  }
}

function isStill(node: FleetNode, epoch: bigint): boolean {
  return node.epoch === epoch && (node.link === 'connected' || node.link === 'silent');
}

function obey(node: FleetNode, last: LastSession, sessions: Sessions): void {
  if (last.standing === 'disabled') return sessions.expel(node.nodeId, disabled());
  if (last.epoch === node.epoch) {
    if (last.link === 'away') return sessions.givenUp(node);
    if (last.standing === 'draining') sessions.drain(node.nodeId);
    else sessions.restore(node.nodeId);
  } else if (last.link !== 'away') sessions.leave(node);
  else sessions.expel(node.nodeId, enrolledAnew());
}

function disabled(): DomainError {
  return new DomainError('FORBIDDEN', 'The node is disabled');
}

function enrolledAnew(): DomainError {
  return new DomainError('NEEDS_LOGIN', 'The node has a new token');
}
