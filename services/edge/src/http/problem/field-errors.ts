import type { FieldError } from '@greencloud/domain';
import type { z } from 'zod';

const maxNameLength = 100;

/** What a wrong value is called: members stand in a body, parameters in a query or header. */
export type Part = 'member' | 'parameter';

/** One error for each wrong part; an unknown one is named by its own pointer. */
export function fieldErrorsOf(issues: readonly z.core.$ZodIssue[], part: Part): FieldError[] {
  const byPointer = new Map<string, FieldError>();
  for (const { pointer, detail } of issues.flatMap((issue) => errorsOf(issue, part))) {
    if (!byPointer.has(pointer)) byPointer.set(pointer, { pointer, detail });
  }
  return [...byPointer.values()];
}

function errorsOf(issue: z.core.$ZodIssue, part: Part): FieldError[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ pointer: pointerOf(issue.path), detail: issue.message }];
  }
  return issue.keys.map((key) => ({
    pointer: pointerOf([...issue.path, key]),
    detail: `is not a known ${part}`,
  }));
}

/** RFC 6901. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${escape(String(step).slice(0, maxNameLength))}`).join('');
}

function escape(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Words for what zod finds wrong where the schema has none of its own. */
export function wordsFor(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_value') return undefined;
  if (issue.input === undefined) return 'is required';
  if (issue.code === 'invalid_value') return `must be ${issue.values.join(' or ')}`;
  const article = /^[aeio]/.test(issue.expected) ? 'an' : 'a';
  return `must be ${article} ${issue.expected}`;
}
