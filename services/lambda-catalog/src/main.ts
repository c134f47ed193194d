import process from 'node:process';
import { openTls, startGrpcServer } from '@greencloud/grpc';
import { waitForSchema, watchDatabase } from '@greencloud/postgres';
import {
  createHealth,
  createLogger,
  createMetrics,
  runService,
  startAdminServer,
  tlsFilesOf,
} from '@greencloud/runtime';
import { createSyntaxCheck } from './code/syntax-check.ts';
import { readConfig } from './config.ts';
import { lambdaCatalogService } from './grpc/lambda-catalog.ts';
import { createAnswerLease } from './lease/answer-lease.ts';
import { plan } from './migrations/index.ts';
import {
  askCatalog,
  openCatalog,
  unavailableWhenCatalogIsAway,
} from './postgres/catalog-database.ts';

const name = 'lambda-catalog';
const config = readConfig(process.env);
const logger = createLogger({
  service: name,
  replica: config.GC_REPLICA,
  level: config.GC_LOG_LEVEL,
});

runService({
  name,
  logger,
  start: async (lifecycle) => {
    const health = createHealth();
    const metrics = createMetrics(name);
    const admin = await startAdminServer({
      address: config.GC_ADMIN_ADDRESS,
      health,
      metrics,
      logger,
    });
    lifecycle.onStop('admin', admin.close);

    const tls = openTls(tlsFilesOf(config), { logger });
    const db = openCatalog(config.GC_DATABASE_URL, config.GC_DATABASE_CONNECTIONS, logger);
    lifecycle.onStop('postgres', () => db.destroy());
    const { signal } = lifecycle;
    await waitForSchema(db, plan, { health, logger, signal });
    await watchDatabase({ probe: () => askCatalog(db), health, logger, signal });

    const syntax = createSyntaxCheck();
    lifecycle.onStop('syntax check', () => syntax.drain());
    const server = await startGrpcServer({
      address: config.GC_GRPC_ADDRESS,
      services: [lambdaCatalogService({ db, syntax, lease: createAnswerLease() })],
      logger,
      health,
      metrics,
      tls,
      mapError: unavailableWhenCatalogIsAway,
    });
    lifecycle.onStop('grpc', server.drain);

    health.set('ready');
    lifecycle.ready({ grpc: server.address, admin: admin.url });
  },
});
