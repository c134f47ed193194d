import type { z } from 'zod';
import type { BodyShare } from '../body/body-memory.ts';
import { parseJsonBody } from '../body/json-body.ts';
import { requireMediaType } from '../body/media-type.ts';
import { hasBody, readBody } from '../body/read-body.ts';
import type { Examples } from './answer-spec.ts';
import type { KoaExchange } from './exchange.ts';
import { parseInput } from './input.ts';

/** How the body of a route is read; `schema` says what the handler gets. */
export type BodySpec<B> =
  | {
      readonly kind: 'json';
      readonly schema: z.ZodType<B>;
      readonly maxBytes: number;
      readonly presence: 'required' | 'optional';
      readonly examples: Examples;
    }
  | {
      readonly kind: 'text';
      readonly mediaTypes: readonly string[];
      readonly schema: z.ZodType<B>;
      readonly maxBytes: number;
      readonly examples: Examples;
    };

const jsonTypes = ['application/json'];

export async function bodyOf<B>(
  spec: BodySpec<B>,
  { request, response }: KoaExchange,
  share: BodyShare,
): Promise<B> {
  if (spec.kind === 'json' && spec.presence === 'optional' && !hasBody(request)) {
    return parseInput(spec.schema, {}, 'VALIDATION_FAILED');
  }
  requireMediaType(request, spec.kind === 'json' ? jsonTypes : spec.mediaTypes);
  const bytes = await readBody(request, response, { maxBytes: spec.maxBytes, share });
  const value = spec.kind === 'json' ? parseJsonBody(bytes) : bytes;
  return parseInput(spec.schema, value, 'VALIDATION_FAILED');
}
