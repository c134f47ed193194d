import type { FieldError } from '@greencloud/domain';
import type { z } from 'zod';

const maxNameLength = 100;

/** One error for each wrong member; an unknown member is named by its own pointer. */
export function fieldErrorsOf(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  const byPointer = new Map<string, FieldError>();
  for (const { pointer, detail } of issues.flatMap(errorsOf)) {
    if (!byPointer.has(pointer)) byPointer.set(pointer, { pointer, detail });
  }
  return [...byPointer.values()];
}

function errorsOf(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ pointer: pointerOf(issue.path), detail: issue.message }];
  }
  return issue.keys.map((key) => ({
    pointer: pointerOf([...issue.path, key]),
    detail: 'is not a known member',
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
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.input === undefined) return 'is required';
  const article = /^[aeio]/.test(issue.expected) ? 'an' : 'a';
  return `must be ${article} ${issue.expected}`;
}
