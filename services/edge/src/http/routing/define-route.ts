import type { ErrorCode, TenantId } from '@greencloud/domain';
import { z } from 'zod';
import type { Scope } from '../../auth/principal.ts';
import type { Services } from '../../services.ts';
import type { BodyMemory } from '../body/body-memory.ts';
import type { Answer } from './answer.ts';
import type { AnswerSpec } from './answer-spec.ts';
import type { Exchange, KoaExchange } from './exchange.ts';
import { parseInput, queryOf } from './input.ts';
import { type BodySpec, bodyOf } from './request-body.ts';
import { headersOf } from './request-headers.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export type Tag = 'Tasks' | 'Lambdas' | 'Nodes' | 'Metrics';

/** A validated request of one tenant. */
export interface Call<P, Q, B, H> {
  readonly tenantId: TenantId;
  readonly params: P;
  readonly query: Q;
  readonly headers: H;
  readonly body: B;
  readonly exchange: Exchange;
}

/** Everything that is known of a route without running it; the API document is made of it. */
export interface RouteDescription {
  readonly operation: string;
  readonly tag: Tag;
  readonly summary: string;
  /** Markdown, for strangers. */
  readonly description?: string;
  readonly method: Method;
  /** `/v1/task/{taskId}` */
  readonly path: string;
  readonly scope: Scope;
  /** How it succeeds; the usual way first. */
  readonly answers: readonly AnswerSpec[];
  /** Beside those that follow from the rest of the description. */
  readonly problems: readonly ErrorCode[];
}

export interface RouteSpec<P, Q, B, H> extends RouteDescription {
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  /** By the names of the headers, in any case. */
  readonly headers?: z.ZodObject & z.ZodType<H>;
  readonly body?: BodySpec<B>;
  handle(call: Call<P, Q, B, H>, services: Services): Promise<Answer>;
}

export interface Arrival {
  readonly tenantId: TenantId;
  readonly params: Readonly<Record<string, string>>;
  readonly querystring: string;
  readonly exchange: KoaExchange;
}

export interface Route extends RouteDescription {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly headers?: z.ZodObject;
  readonly body?: BodySpec<unknown>;
  /** Validates everything, then handles. */
  run(arrival: Arrival, services: Services, memory: BodyMemory): Promise<Answer>;
}

/** A route as one object: validation, types and its part of the API document. */
export function defineRoute<P = undefined, Q = undefined, B = undefined, H = undefined>(
  spec: RouteSpec<P, Q, B, H>,
): Route {
  return {
    ...spec,
    async run(arrival, services, memory) {
      const { tenantId, exchange } = arrival;
      const params = parseInput(spec.params ?? anything, arrival.params, 'INVALID_ID') as P;
      const query = queryOfCall(spec.query, arrival.querystring);
      const headers = (spec.headers && headersOf(spec.headers, exchange)) as H;
      const call = { tenantId, params, query, headers, exchange };
      if (spec.body === undefined) {
        return spec.handle({ ...call, body: undefined as B }, services);
      }
      const share = memory.open();
      try {
        const body = await bodyOf(spec.body, exchange, share);
        return await spec.handle({ ...call, body }, services);
      } finally {
        share.release();
      }
    },
  };
}

const anything = z.unknown();
const noQuery: z.ZodType = z.strictObject({});

// A parameter that a route does not know is refused by name: a mistyped filter must not pass.
function queryOfCall<Q>(schema: z.ZodType<Q> | undefined, querystring: string): Q {
  if (schema === undefined && querystring === '') return undefined as Q;
  return parseInput<unknown>(schema ?? noQuery, queryOf(querystring), 'INVALID_PARAMETER') as Q;
}
