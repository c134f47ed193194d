import { DomainError, type ErrorCode } from '@greencloud/domain';
import type { z } from 'zod';
import { fieldErrorsOf, wordsFor } from '../problem/field-errors.ts';

/** The value as the schema gives it. Throws `code` with one error for each wrong member. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, code: ErrorCode): T {
  const parsed = schema.safeParse(value, { error: wordsFor });
  if (parsed.success) return parsed.data;
  const fields = fieldErrorsOf(parsed.error.issues);
  throw new DomainError(code, summaryOf(fields), fields);
}

function summaryOf(fields: readonly { pointer: string; detail: string }[]): string {
  const [first] = fields;
  if (first === undefined || fields.length > 1) return `${fields.length} members are not valid`;
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
      const fields = fieldErrorsOf([
        { code: 'custom', path: [name], message: detail, input: value },
      ]);
      throw new DomainError('INVALID_PARAMETER', summaryOf(fields), fields);
    }
    query[name] = value;
  }
  return query;
}
