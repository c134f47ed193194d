import { DomainError, type ErrorCode, type FieldError } from '@greencloud/domain';
import type { z } from 'zod';
import { fieldErrorsOf, type Part, wordsFor } from '../problem/field-errors.ts';

/** The value as the schema gives it. Throws `code` with one error for each wrong part. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, code: ErrorCode): T {
  const parsed = schema.safeParse(value, { error: wordsFor });
  if (parsed.success) return parsed.data;
  const part = code === 'INVALID_PARAMETER' ? 'parameter' : 'member';
  const fields = fieldErrorsOf(parsed.error.issues, part);
  throw new DomainError(code, summaryOf(fields, part), fields);
}

function summaryOf(fields: readonly FieldError[], part: Part): string {
  const [first] = fields;
  if (first === undefined || fields.length > 1) return `${fields.length} ${part}s are not valid`;
  return first.pointer === ''
    ? `The value ${first.detail}`
    : `${first.pointer.slice(1)} ${first.detail}`;
}

/** Query parameters by name. Throws `INVALID_PARAMETER` for one that is given twice. */
export function queryOf(querystring: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  if (querystring === '') return query;
  for (const [name, value] of new URLSearchParams(querystring)) {
    if (name in query) {
      const detail = 'is given more than once';
      const fields = fieldErrorsOf(
        [{ code: 'custom', path: [name], message: detail, input: value }],
        'parameter',
      );
      throw new DomainError('INVALID_PARAMETER', summaryOf(fields, 'parameter'), fields);
    }
    query[name] = value;
  }
  return query;
}
