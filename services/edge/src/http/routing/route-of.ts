import type { Context } from 'koa';

/** The pattern of the route that was found, for problems and metrics. */
export function routeOf(ctx: Context): string | undefined {
  const route: unknown = ctx.state['route'];
  return typeof route === 'string' ? route : undefined;
}

export function setRoute(ctx: Context, pattern: string): void {
  ctx.state['route'] = pattern;
}
