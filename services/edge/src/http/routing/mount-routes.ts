import Router from '@koa/router';
import { DomainError } from '@greencloud/domain';
import type { Context, Middleware } from 'koa';
import { accessTokenOf } from '../../auth/access-token.ts';
import { isGranted } from '../../auth/principal.ts';
import type { TokenVerifier } from '../../auth/token-verifier.ts';
import type { Services } from '../../services.ts';
import type { BodyMemory } from '../body/body-memory.ts';
import type { RequestRate } from '../limits/request-rate.ts';
import { requireAcceptable } from './accept.ts';
import type { Route } from './define-route.ts';
import { KoaExchange } from './exchange.ts';
import { respond } from './respond.ts';
import { setRoute } from './route-of.ts';

interface MountOptions {
  routes: readonly Route[];
  tokens: TokenVerifier;
  rate: RequestRate;
  services: Services;
  memory: BodyMemory;
}

/** All routes as one middleware, which also answers for paths and methods that there are not. */
export function mountRoutes({ routes, ...rest }: MountOptions): Middleware {
  // Of /v1/task/list and /v1/task/{taskId} only the first one shall run, wherever it stands.
  const router = new Router({ exclusive: 'specificity', strict: true, sensitive: true });
  for (const route of routes) {
    router[route.method](pathPattern(route.path), (ctx) => serve(ctx, route, rest));
  }
  router.on('not-found', (ctx) => answerUnmatched(ctx));
  return router.routes() as Middleware;
}

async function serve(ctx: Context, route: Route, options: Omit<MountOptions, 'routes'>) {
  if (isTakenByLiteralPath(ctx)) return answerUnmatched(ctx);
  requireHost(ctx);
  setRoute(ctx, route.path);
  const { tenantId, grant } = await options.tokens.verify(accessTokenOf(ctx.headers.authorization));
  await options.rate.take(ctx, tenantId);
  if (!isGranted(grant, route.scope)) {
    throw new DomainError('FORBIDDEN', `The access token lacks the scope ${route.scope}`);
  }
  requireAcceptable(ctx, route.answers);
  const { params, querystring } = ctx;
  const exchange = new KoaExchange(ctx);
  const arrival = { tenantId, params, querystring, exchange };
  await respond(ctx, await route.run(arrival, options.services, options.memory));
}

// RFC 9112, section 3.2. Node would refuse it by itself, but without a problem document.
function requireHost({ headers, req }: Context): void {
  if (headers.host === undefined && req.httpVersion === '1.1') {
    throw new DomainError('INVALID_PARAMETER', 'The Host header is missing');
  }
}

/** `/v1/task/{taskId}` in the router's words. */
function pathPattern(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** `DELETE /v1/task/list` is no request for a task of the id "list". */
function isTakenByLiteralPath(ctx: Context): boolean {
  const matched = matchedOf(ctx);
  return matched.length > 1 && matched.some(isLiteral) && !matched.some(isLiteralOf(ctx.method));
}

function answerUnmatched(ctx: Context): void {
  const matched = matchedOf(ctx);
  if (matched.length === 0)
    throw new DomainError('ROUTE_NOT_FOUND', 'There is nothing here: see /docs');
  const literal = matched.filter(isLiteral);
  const methods = (literal.length > 0 ? literal : matched).flatMap((layer) => layer.methods);
  const taken = [...new Set([...methods, 'OPTIONS'])].sort().join(', ');
  ctx.set('allow', taken);
  if (ctx.method !== 'OPTIONS') {
    const detail = `The route takes ${taken} and not ${ctx.method}`;
    throw new DomainError('METHOD_NOT_ALLOWED', detail);
  }
  ctx.body = null;
}

interface Layer {
  readonly methods: readonly string[];
  readonly paramNames: readonly unknown[];
}

function matchedOf(ctx: Context): readonly Layer[] {
  return (ctx as Context & { matched?: readonly Layer[] }).matched ?? [];
}

function isLiteral(layer: Layer): boolean {
  return layer.paramNames.length === 0;
}

function isLiteralOf(method: string) {
  return (layer: Layer) => isLiteral(layer) && layer.methods.includes(method);
}
