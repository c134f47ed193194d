import type { Metrics } from '@greencloud/runtime';
import type { Context, Middleware } from 'koa';
import { routeOf } from './routing/route-of.ts';

/**
 * Time to the answer by route and status; streams count until they end. What a task came to has its outcome
 * beside the status: the 500 of a tenant's lambda is no error of ours.
 */
export function measureRequests(metrics: Metrics): Middleware {
  const seconds = metrics.histogram('http_request_duration_seconds', 'Time until the answer');
  return async (ctx, next) => {
    const startedAt = performance.now();
    await next();
    // The pattern and never the path: ids in labels would make a series for each task.
    const labels = { method: ctx.method, route: routeOf(ctx) ?? 'none', status: ctx.status };
    seconds.record((performance.now() - startedAt) / 1_000, { ...labels, ...outcomeOf(ctx) });
  };
}

function outcomeOf(ctx: Context): { task_outcome?: string } {
  const outcome = ctx.response.get('GC-Task-Outcome');
  return outcome === '' ? {} : { task_outcome: outcome };
}
