import { createAuthority } from '@greencloud/embedded';
import { type Role, roles } from '@greencloud/grpc';
import {
  EventLogServiceClient,
  type EventLogServiceService,
} from '@greencloud/proto/eventlog/v1/event_log';
import {
  LambdaCatalogServiceClient,
  type LambdaCatalogServiceService,
} from '@greencloud/proto/lambda/v1/lambda_catalog';
import { NodeServiceClient, type NodeServiceService } from '@greencloud/proto/node/v1/node';
import {
  NodeAdminServiceClient,
  type NodeAdminServiceService,
} from '@greencloud/proto/node/v1/node_admin';
import {
  TaskCommandServiceClient,
  type TaskCommandServiceService,
} from '@greencloud/proto/task/v1/task_command';
import {
  TaskQueryServiceClient,
  type TaskQueryServiceService,
} from '@greencloud/proto/task/v1/task_query';
import { type TestStack, temporaryFolder, withStack } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnyClient, authorityOf, emptyCall, identityOf } from './callers-fixture.ts';

/** Written down a second time, apart from the services: a change there must be meant here too. */
type Expected<D> = { readonly [Method in keyof D]: readonly Role[] };

const commands: Expected<TaskCommandServiceService> = {
  issueTasks: ['edge'],
  cancelTasks: ['edge'],
  assignTasks: ['scheduler'],
  reportTasks: ['scheduler'],
};
const log: Expected<EventLogServiceService> = {
  getLog: ['projection', 'scheduler', 'operator'],
  readPartition: ['projection', 'scheduler', 'operator'],
  readTasks: ['projection', 'scheduler', 'operator'],
  listOpenTasks: ['scheduler', 'operator'],
  batchGetResults: ['edge', 'operator'],
  getPayload: ['scheduler', 'operator'],
};
const queries: Expected<TaskQueryServiceService> = {
  getTask: ['operator'],
  batchGetTasks: ['edge', 'operator'],
  listTasks: ['edge', 'operator'],
  getTaskHistory: ['edge', 'operator'],
  watchTask: ['edge', 'operator'],
  countTasks: ['edge', 'operator'],
};
const catalog: Expected<LambdaCatalogServiceService> = {
  createLambda: ['edge'],
  getLambda: ['edge', 'operator'],
  listLambdas: ['edge', 'operator'],
  updateLambda: ['edge'],
  deleteLambda: ['edge'],
  getCapabilities: ['edge', 'operator'],
  setCapabilities: ['edge'],
  putCode: ['edge'],
  getCode: ['scheduler', 'operator'],
  togglePause: ['edge'],
  resolveLambdas: ['edge', 'operator'],
};
const nodeAdmin: Expected<NodeAdminServiceService> = {
  enrolNode: ['edge', 'operator'],
  listNodes: ['edge', 'operator'],
  disableNode: ['edge', 'operator'],
  restoreNode: ['edge', 'operator'],
  drainNode: ['edge', 'operator'],
  countNodes: ['edge', 'operator'],
  explainWaiting: ['operator'],
};
const nodeDoor: Expected<NodeServiceService> = { connect: [], getCode: [] };

const services = [
  { server: 'task-command', constructor: TaskCommandServiceClient, table: commands },
  { server: 'task-command', constructor: EventLogServiceClient, table: log },
  { server: 'projection', constructor: TaskQueryServiceClient, table: queries },
  {
    server: 'lambda-catalog',
    constructor: LambdaCatalogServiceClient,
    table: catalog,
  },
  { server: 'scheduler', constructor: NodeAdminServiceClient, table: nodeAdmin },
] as const;

const everybody = [...roles, 'king'];
const cells = services.flatMap(({ server, constructor, table }) =>
  Object.entries<readonly string[]>(table).flatMap(([method, allowed]) =>
    everybody.map((role) => ({
      server,
      constructor,
      method,
      role,
      verdict: allowed.includes(role) ? 'may' : 'may not',
    })),
  ),
);

let stack: TestStack;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const files = new Map<string, Awaited<ReturnType<typeof identityOf>>>();
let grpc: Readonly<Record<string, string>>;
let caFile: string;
let doorOfNodes: string;

beforeAll(async () => {
  folder = await temporaryFolder('callers');
  stack = await withStack({ nodes: 0 });
  const file = await stack.file();
  ({ grpc, nodeDoor: doorOfNodes } = file);
  caFile = file.tls.caFile;
  const authority = await authorityOf(stack.dataDir);
  for (const role of everybody) {
    files.set(role, await identityOf({ authority, folder: folder.path, caFile }, role));
  }
  console.log(`${cells.length} cells of RPC × role`);
}, 120_000);

afterAll(async () => {
  await stack.stop();
  await folder.remove();
}, 30_000);

function callAs(role: string, cell: { server: Role; constructor: AnyClient; method: string }) {
  const identity = files.get(role);
  if (identity === undefined) throw new Error(`no certificate for ${role}`);
  const to = { address: grpc[cell.server] ?? '', server: cell.server, files: identity };
  return emptyCall(cell.constructor, cell.method, to);
}

it('has a row for each method of each contract', () => {
  for (const { constructor, table } of services) {
    expect(Object.keys(table).toSorted()).toEqual(Object.keys(constructor.service).toSorted());
  }
});

it.each(cells)('$role $verdict call $method of $server', async ({ verdict, role, ...cell }) => {
  const code = await callAs(role, cell);
  // Allowed is whatever the handler says to nothing: an answer, or what is wrong with it.
  const came = code === 'FORBIDDEN' || code === 'UNAVAILABLE' ? 'may not' : 'may';
  expect({ code, came }).toMatchObject({ came: verdict });
  if (verdict === 'may not') expect(code).toBe('FORBIDDEN');
});

describe.each(services)('$server lets nobody in', ({ server, constructor, table }) => {
  const [method = ''] = Object.keys(table);
  const knock = (identity: Parameters<typeof emptyCall>[2]['files']) =>
    emptyCall(constructor, method, { address: grpc[server] ?? '', server, files: identity });

  it('without a certificate', async () => {
    expect(await knock({ caFile })).toBe('UNAVAILABLE');
  });

  it('with one of another authority', async () => {
    const notAfter = new Date(Date.now() + 3_600_000);
    const authority = await createAuthority({ commonName: 'GreenCloud local', notAfter });
    const place = { authority, folder: folder.path, caFile };
    expect(await knock(await identityOf(place, 'edge', notAfter))).toBe('UNAVAILABLE');
  });

  it('with one that has ended', async () => {
    const place = { authority: await authorityOf(stack.dataDir), folder: folder.path, caFile };
    const ended = new Date(Date.now() - 60_000);
    expect(await knock(await identityOf(place, 'edge', ended))).toBe('UNAVAILABLE');
  });
});

describe('the door for nodes', () => {
  const at = (constructor: AnyClient, method: string, identity = { caFile }) =>
    emptyCall(constructor, method, {
      address: doorOfNodes,
      server: 'scheduler',
      files: identity,
    });

  it.each(Object.keys(nodeDoor))(
    '%s asks for a token, whatever certificate comes',
    async (method) => {
      expect(await at(NodeServiceClient, method)).toBe('NEEDS_LOGIN');
      expect(await at(NodeServiceClient, method, files.get('edge'))).toBe('NEEDS_LOGIN');
    },
  );

  it('has nothing that is meant for services, and theirs nothing for nodes', async () => {
    expect(await at(NodeAdminServiceClient, 'listNodes', files.get('edge'))).not.toBe('answered');
    const node = { server: 'scheduler', constructor: NodeServiceClient } as const;
    expect(await callAs('scheduler', { ...node, method: 'getCode' })).not.toBe('NEEDS_LOGIN');
  });
});
