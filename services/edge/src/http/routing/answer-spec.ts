import type { z } from 'zod';
import type { SuccessName } from './answer.ts';

/** Headers of answers that some routes set; the API document explains each. */
export type AnswerHeader =
  | 'Location'
  | 'Idempotent-Replayed'
  | 'ETag'
  | 'Link'
  | 'GC-Task-Outcome'
  | 'GC-Code-Version'
  | 'Preference-Applied';

export interface Example {
  readonly summary: string;
  readonly value: unknown;
}

/** By a short name, such as `finished`. */
export type Examples = Readonly<Record<string, Example>>;

export type AnswerContent =
  | { readonly kind: 'json'; readonly schema: z.ZodType; readonly examples: Examples }
  /** Server-sent events; `schema` is of the data of one. */
  | { readonly kind: 'events'; readonly schema: z.ZodType; readonly examples: Examples }
  /** What a lambda answered, under the lambda's own type. */
  | { readonly kind: 'bytes' }
  | { readonly kind: 'nothing' };

/** One way in which a route succeeds. */
export interface AnswerSpec {
  readonly as: SuccessName;
  readonly description: string;
  readonly headers?: readonly AnswerHeader[];
  readonly content: AnswerContent;
}

/** `204`, for routes that have nothing to say. */
export const nothing: AnswerContent = { kind: 'nothing' };
