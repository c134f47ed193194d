import { DomainError } from '@greencloud/domain';
import type { LambdaKey as LambdaKeyMessage } from '@greencloud/proto/lambda/v1/lambda_catalog';
import type { LambdaKey } from '../lambda/lambda.ts';
import { lambdaNotFound } from '../lambda/lambda-row.ts';
import { type ResolvedLambda, resolveLambdas } from '../lambda/resolve-lambdas.ts';
import type { Db } from '../postgres/database.ts';
import { readKey } from './lambda-messages.ts';

const MAX_KEYS = 1_000;

/**
 * A key that is no key cannot name a lambda, so it answers LAMBDA_NOT_FOUND: the batch holds the
 * calls of many tenants, and one of them must not fail the others.
 */
export async function resolveBatch(
  db: Db,
  messages: readonly LambdaKeyMessage[],
): Promise<(ResolvedLambda | DomainError)[]> {
  if (messages.length > MAX_KEYS) {
    throw new DomainError('INVALID_PARAMETER', `At most ${MAX_KEYS} keys can be resolved at once`);
  }
  const read = messages.map(readOrRefuse);
  const keys = read.filter((key) => !(key instanceof DomainError)) as LambdaKey[];
  const resolved = (keys.length === 0 ? [] : await resolveLambdas(db, keys)).values();
  return read.map((key) =>
    key instanceof DomainError ? key : (resolved.next().value ?? lambdaNotFound()),
  );
}

function readOrRefuse(message: LambdaKeyMessage): LambdaKey | DomainError {
  try {
    return readKey(message);
  } catch {
    return lambdaNotFound();
  }
}
