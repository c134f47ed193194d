import type { NodeId } from '@greencloud/domain';
import { TaskCommandServiceClient } from '@greencloud/proto/task/v1/task_command';
import { createHealth } from '@greencloud/runtime';
import type { Pool } from '../postgres/pool.ts';
import type { SessionTables } from '../postgres/session-tables.ts';
import {
  CodeDesk,
  createCodeSource,
  createScheduler,
  createSchedulerMetrics,
  createSweeps,
  createTaskCommands,
  keepBoard,
  nodeService,
  realWorld,
  type Scheduler,
  type SessionStore,
  startSweeps,
} from '../product/scheduler.ts';
import type { Life } from '../time/life.ts';
import type { House, Running } from './house.ts';
import { noMetrics } from './no-metrics.ts';

export interface RunningScheduler extends Running {
  readonly scheduler: Scheduler;
}

/** main.ts of the scheduler, with the house's ports in place of sockets. */
export async function startSchedulerProcess(house: House, life: Life): Promise<RunningScheduler> {
  const { topology, plant } = house;
  const logger = house.logger(life);
  const stopping = new AbortController();
  const pool = house.pool(life, 5, 7_000);
  const reader = house.log(life);
  const commands = createTaskCommands(
    house.client(life, TaskCommandServiceClient, topology.taskCommands, {
      deadlineMs: 5_000,
      idempotent: ['assignTasks', 'reportTasks'],
    }),
  );
  const bus = await house.bus(life, stopping.signal);
  const scheduler = createScheduler({
    world: realWorld,
    log: reader,
    commands: plant.commands?.(commands) ?? commands,
    store: sessionStore(pool),
    metrics: createSchedulerMetrics(noMetrics),
    logger,
    limits: topology.limits,
    quantumOf: () => 10,
  });
  plant.scheduler?.(scheduler);
  house.ledger.scheduler(life, scheduler);
  const health = createHealth();
  const lifecycle = {
    signal: stopping.signal,
    fail: (error: unknown) => house.world.onFault(life, error),
  };
  const { world, board } = scheduler;
  await keepBoard({ world, board, reader, bus, health, lifecycle, logger });
  const endSweeps = startLookingAfter(house, life, scheduler, pool);
  const codeDesk = codeDeskOf(house, scheduler, pool);
  const nodes = nodeService({ world: realWorld, sessions: scheduler.sessions, codeDesk });
  const server = house.serve(life, [nodes]);
  return {
    scheduler,
    async stop() {
      stopping.abort(new Error('the service stops'));
      scheduler.dispatcher.stop();
      await server.drain();
      endSweeps();
      await ask(pool, (sessions) => sessions.leave(life.name)).catch(() => undefined);
      await scheduler.binder.stop();
      await scheduler.recorder.stop();
      await bus.close();
      reader.close();
    },
  };
}

function startLookingAfter(house: House, life: Life, scheduler: Scheduler, pool: Pool) {
  const silenceOf = (nodeIds: readonly NodeId[]) => ask(pool, (s) => s.silenceOf(nodeIds));
  const endSilent = (nodeIds: readonly NodeId[], silentMs: number) =>
    ask(pool, (s) => s.endSilent(nodeIds, silentMs));
  const meet = () => ask(pool, (s) => s.meet(life.name, house.topology.limits.lostAfterMs));
  const ports = { scheduler, replica: life.name, silenceOf, endSilent, meet };
  const sweeps = createSweeps(house.plant.sweeps?.(ports) ?? ports);
  const onFailure = (sweep: string, error: unknown) =>
    scheduler.logger.warn({ err: error, sweep }, 'a sweep failed');
  return startSweeps({ world: realWorld, sweeps, onFailure });
}

function codeDeskOf(house: House, { board, fleet }: Scheduler, pool: Pool): CodeDesk {
  const fetch = async () => Buffer.from('export default () => {}');
  return new CodeDesk({
    board,
    fleet,
    source: createCodeSource({ fetch, maxBytes: 1_000_000 }),
    nodeOfToken: (hash) => ask(pool, (sessions) => sessions.nodeOfToken(hash)),
  });
}

/** The acts of the scheduler's `store/` on Postgres. */
function sessionStore(pool: Pool): SessionStore {
  return {
    login: (nodeId) => ask(pool, (sessions) => sessions.login(nodeId)),
    begin: ({ nodeId }) => ask(pool, (sessions) => sessions.begin(nodeId)),
    end: (session) => ask(pool, (sessions) => sessions.end(session)),
    touch: (seen) => ask(pool, (sessions) => sessions.touch(seen)),
  };
}

async function ask<T>(pool: Pool, act: (sessions: SessionTables) => T): Promise<T> {
  const rows = await pool.ask(({ sessions }) => [{ value: act(sessions) }]);
  return (rows[0] as { value: T }).value;
}
