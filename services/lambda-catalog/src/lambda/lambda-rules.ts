import { DomainError, type FieldError } from '@greencloud/domain';
import { z } from 'zod';
import {
  type Demands,
  type LambdaChanges,
  type LambdaDraft,
  lambdaTypes,
  languages,
} from './lambda.ts';

const MAX_TAGS = 16;

const name = z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'must be 1..64 letters and digits');
const description = z.string().regex(/^[\x20-\x7e]{0,80}$/, 'must be at most 80 printable ASCII');
const tag = z.string().regex(/^[\x21-\x7e]([\x20-\x7e]{0,62}[\x21-\x7e])?$/, {
  error: 'must be 1..64 printable ASCII without blanks around',
});
const tags = z
  .array(tag)
  .transform((given) => [...new Set(given)])
  .refine((given) => given.length <= MAX_TAGS, `must be at most ${MAX_TAGS}`);
const scmUrl = z.string().refine((text) => text === '' || isScmUrl(text), {
  error: 'must be an http, https, ssh or git URL of at most 2,048 characters, without a password',
});

const draftRules = z.object({
  name,
  description,
  tags,
  scmUrl,
  lang: z.enum(languages),
  type: z.enum(lambdaTypes),
});

const changeRules = draftRules
  .pick({ name: true, description: true, tags: true, scmUrl: true })
  .partial();

const demandRules = z.object({
  timeout: range(10, 120),
  cpuCount: range(0, 4),
  memSize: range(0, 2_048),
  networkLatency: range(0, 2_147_483_647),
  privileged: z.boolean().optional(),
});

/** Throws VALIDATION_FAILED with each wrong member, like its siblings. */
export function checkDraft(input: unknown): LambdaDraft {
  return check(draftRules, input);
}

export function checkChanges(input: unknown): LambdaChanges {
  return check(changeRules, input);
}

export function checkDemands(input: unknown): Demands {
  return check(demandRules, input);
}

/** Of a list: Postgres would not even take a NUL to compare with. Empty: any tag. */
export function checkTag(text: string): string | undefined {
  if (text === '') return undefined;
  if (tag.safeParse(text).success) return text;
  throw new DomainError('INVALID_PARAMETER', 'A tag is 1..64 printable ASCII');
}

function range(min: number, max: number) {
  const message = `must be a whole number ${min}..${max}`;
  return z.int(message).min(min, message).max(max, message).optional();
}

function isScmUrl(text: string): boolean {
  if (text.length > 2_048 || !URL.canParse(text)) return false;
  const { protocol, password } = new URL(text);
  return ['http:', 'https:', 'ssh:', 'git:'].includes(protocol) && password === '';
}

function check<T>(rules: z.ZodType<T>, input: unknown): T {
  const parsed = rules.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(fieldOf);
  throw new DomainError('VALIDATION_FAILED', 'The lambda is not valid', fields);
}

// REST calls the list of tags `tag`: the pointer is for whoever wrote the request.
function fieldOf({ path, message }: z.core.$ZodIssue): FieldError {
  const names = path.map((part) => (part === 'tags' ? 'tag' : String(part)));
  return { pointer: names.map((part) => `/${part}`).join(''), detail: message };
}
