import { createGrpcClient, type GrpcClient, startGrpcServer } from '@greencloud/grpc';
import {
  LambdaCatalogServiceClient,
  type LambdaCatalogServiceService,
  type LambdaKey,
} from '@greencloud/proto/lambda/v1/lambda_catalog';
import { migrateToLatest } from '@greencloud/postgres';
import { createHealth, createLogger } from '@greencloud/runtime';
import { type TestDatabase, withPostgres } from '@greencloud/testing';
import { createSyntaxCheck } from './code/syntax-check.ts';
import { lambdaCatalogService } from './grpc/lambda-catalog.ts';
import { createAnswerLease } from './lease/answer-lease.ts';
import { plan } from './migrations/index.ts';
import type { Db } from './postgres/database.ts';
import { openCatalog, unavailableWhenCatalogIsAway } from './postgres/catalog-database.ts';

export const TENANT = '63f47d1c5bd6eeef8211c83e';
export const STRANGER = '63f47d1c5bd6eeef8211c83f';
export const HELLO = 'export default async () => "hello";';

export type CatalogClient = GrpcClient<LambdaCatalogServiceService>;

export interface TestCatalog {
  readonly client: CatalogClient;
  readonly db: Db;
  readonly database: TestDatabase;
  close(): Promise<void>;
}

const logger = createLogger({ service: 'test', level: 'silent' });

/** The service over a migrated database of its own, through real gRPC. */
export async function startCatalog(lease = createAnswerLease()): Promise<TestCatalog> {
  const database = await withPostgres();
  const db = openCatalog(database.url, 4, logger);
  await migrateToLatest(db, plan);
  const health = createHealth();
  health.set('ready');
  const server = await startGrpcServer({
    address: '127.0.0.1:0',
    services: [lambdaCatalogService({ db, syntax: createSyntaxCheck(), lease })],
    logger,
    health,
    mapError: unavailableWhenCatalogIsAway,
  });
  const client = createGrpcClient(LambdaCatalogServiceClient, server.address);
  const close = async () => {
    client.close();
    await server.close();
    await db.destroy();
    await database.close();
  };
  return { client, db, database, close };
}

export interface Draft {
  tenantId: string;
  requestId: string;
  name: string;
  description: string;
  tags: string[];
  scmUrl: string;
  lang: string;
  type: string;
}

export const draft: Draft = {
  tenantId: TENANT,
  requestId: '',
  name: 'resize',
  description: 'Resizes a picture',
  tags: ['image'],
  scmUrl: 'https://example.org/resize.git',
  lang: 'js',
  type: 'module',
};

export async function createLambda(
  client: CatalogClient,
  change: Partial<Draft> = {},
): Promise<LambdaKey> {
  const { tenantId } = { ...draft, ...change };
  const { lambdaId } = await client.unary('createLambda', { ...draft, ...change });
  return { tenantId, lambdaId };
}

export async function putCode(
  client: CatalogClient,
  key: LambdaKey,
  text: string = HELLO,
): Promise<string> {
  return (await client.unary('putCode', { key, code: Buffer.from(text) })).codeVersion;
}
