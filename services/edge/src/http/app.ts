import cors from '@koa/cors';
import type { Logger, Metrics } from '@greencloud/runtime';
import Koa from 'koa';
import helmet from 'koa-helmet';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { Services } from '../services.ts';
import type { BodyMemory } from './body/body-memory.ts';
import { servePublicFiles } from './docs/serve-public-files.ts';
import type { RequestRate } from './limits/request-rate.ts';
import { errorBoundary } from './problem/error-boundary.ts';
import { measureRequests } from './request-metrics.ts';
import { routes } from './routes/routes.ts';
import { mountRoutes } from './routing/mount-routes.ts';

export interface AppOptions {
  tokens: TokenVerifier;
  rate: RequestRate;
  services: Services;
  memory: BodyMemory;
  logger: Logger;
  metrics: Metrics;
  /** Empty: no page of another origin may read answers. */
  corsOrigins: readonly string[];
}

/** The middleware in order; the whole of it runs for each request. */
export function createApp(options: AppOptions): Koa {
  const { logger, metrics, corsOrigins, ...rest } = options;
  const app = new Koa();
  app.on('error', (error: unknown) => logger.warn({ err: error }, 'an answer broke off'));
  app.use(measureRequests(metrics));
  app.use(errorBoundary(logger));
  app.use(helmet(securityHeaders));
  if (corsOrigins.length > 0) app.use(cors(corsPolicy(corsOrigins)));
  app.use(servePublicFiles());
  app.use(mountRoutes({ routes, ...rest }));
  return app;
}

// Nothing here but /docs is a page, and what a lambda answers may be one of a stranger's making: a browser
// that is led to it must neither run it nor let it be framed.
const securityHeaders: Parameters<typeof helmet>[0] = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"], sandbox: [] },
  },
  xFrameOptions: { action: 'deny' },
};

function corsPolicy(origins: readonly string[]): cors.Options {
  return {
    origin: (ctx) => (origins.includes(ctx.get('origin')) ? ctx.get('origin') : ''),
    allowMethods: 'GET,HEAD,POST,PUT,PATCH,DELETE',
    allowHeaders:
      'Authorization,Content-Type,Idempotency-Key,If-None-Match,Last-Event-ID,Prefer,X-Request-Id',
    exposeHeaders:
      'Allow,ETag,GC-Code-Version,GC-Task-Outcome,Idempotent-Replayed,Link,Location,Preference-Applied,RateLimit,RateLimit-Policy,Retry-After,WWW-Authenticate,X-Request-Id',
    maxAge: 600,
  };
}
