import { z } from 'zod';
import type { TokenClaims } from './sign-token.ts';

export const USAGE =
  'usage: npm run token -- --user <24 hex> [--ttl <seconds>] [--scope "task:read task:write"]';

const DAY_SECONDS = 86_400;

const schema = z.object({
  user: z
    .string('--user is missing')
    .regex(/^[0-9a-f]{24}$/, '--user must be 24 hexadecimal characters'),
  ttl: z
    .string()
    .regex(/^[1-9]\d{0,7}$/, '--ttl must be a whole number of seconds, at least 1')
    .transform(Number)
    .default(DAY_SECONDS),
  scope: z
    .string()
    .regex(
      /^(task|lambda|node):(read|write|\*)( (task|lambda|node):(read|write|\*))*$/,
      '--scope must be scopes with one blank between, each of task, lambda or node with :read, :write or :*',
    )
    .optional(),
});

type Arguments = Readonly<Record<'user' | 'ttl' | 'scope', string | undefined>>;

/** Reads the command's arguments; throws one error that names every bad one. */
export function readTokenRequest(given: Partial<Arguments>): TokenClaims {
  const read = schema.safeParse(given);
  if (!read.success) throw new Error(read.error.issues.map(({ message }) => message).join('\n'));
  const { user, ttl, scope } = read.data;
  return { userId: user, ttlSeconds: ttl, ...(scope === undefined ? {} : { scope }) };
}
