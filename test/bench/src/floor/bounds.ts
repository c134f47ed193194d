import type { Figures } from '../figures.ts';
import type { FloorName, Floors } from './floors.ts';
import type { Rate } from './repeat.ts';

/** TaskIssued, TaskAssigned, TaskProgressed, TaskFinished. */
const EVENTS_A_TASK = 4;

/** What lies on the way of a single task, one after the other, from POST to the GET that sees it. */
const WAY: Readonly<Partial<Record<FloorName, number>>> = {
  get: 2, // the POST and that GET
  commit: 3, // issued, assigned, finished
  publish: 2, // issued to the scheduler, finished to the projection
  message: 5, // issue, assign, push and report, finish, get, all over streams; lambdas are leased
};

/**
 * The best that our own way of working could give on this machine, of each figure. No system with
 * the same durability beats it; a peer with less work in a task may.
 */
export function boundsOf(floors: Floors): Figures {
  return {
    acceptedPerSecond: Math.min(floors.get64.perSecond, floors.batchedCommit.perSecond),
    acceptP50Ms: floors.get64.p50Ms + floors.commit.p50Ms,
    acceptP99Ms: floors.get64.p99Ms + floors.commit.p50Ms,
    // Messages do not bound it: one holds what has come, up to 512 events.
    finishedPerSecond: floors.batchedCommit.perSecond / EVENTS_A_TASK,
    seenP50Ms: wayMs(floors),
    seenP95Ms: wayMs(floors),
    seenP99Ms: wayMs(floors) + worstMs(floors.commit),
  };
}

/** Everything on the way takes its usual time. */
function wayMs(floors: Floors): number {
  const steps = Object.entries(WAY) as [FloorName, number][];
  return steps.reduce((sum, [name, times]) => sum + times * floors[name].p50Ms, 0);
}

/** One commit of the way has its bad moment. */
function worstMs({ p50Ms, p99Ms }: Rate): number {
  return p99Ms - p50Ms;
}

/** What each floor is and which figure stands on it, for the table. */
export const FLOOR_NOTES: Readonly<Record<FloorName, { title: string; bounds: string }>> = {
  commit: { title: 'commit, 1 client', bounds: 'accept; submit to seen finish: 3 of them' },
  commit64: { title: 'commit, 64 clients', bounds: 'what a commit a task would cap' },
  batchedCommit: {
    title: 'rows in commits of 100, 2 clients',
    bounds: 'accepted/s: 1 a task; finished/s: 4',
  },
  publish: { title: 'JetStream publish, 1 in flight', bounds: 'submit to seen finish: 2 of them' },
  publish256: {
    title: 'JetStream publish, 256 in flight',
    bounds: 'what a message an event would cap',
  },
  call: { title: 'gRPC unary, 1 in flight', bounds: 'what a message of a stream is beside' },
  call64: { title: 'gRPC unary, 64 in flight', bounds: 'what a call a task would cap' },
  message: { title: 'gRPC stream, 1 in flight', bounds: 'submit to seen finish: 5 of them' },
  message64: { title: 'gRPC stream, 64 in flight', bounds: 'what a message a task would cap' },
  get: { title: 'Koa GET, 1 connection', bounds: 'submit to seen finish: 2 of them' },
  get64: { title: 'Koa GET, 64 connections', bounds: 'accepted/s, accept p50 and p99' },
};
