import { DomainError } from '@greencloud/domain';
import { findLambda } from '../lambda/find-lambda.ts';
import type { Lambda, LambdaKey } from '../lambda/lambda.ts';
import type { Db } from '../postgres/database.ts';
import { insertCode, type NewCode } from './insert-code.ts';
import type { SyntaxCheck } from './syntax-check.ts';

const MAX_CODE_BYTES = 1024 * 1024;

/**
 * Makes the module the current version of its lambda. Throws PAYLOAD_TOO_LARGE, or
 * VALIDATION_FAILED with the line of what does not parse.
 */
export async function putCode(
  db: Db,
  syntax: SyntaxCheck,
  key: LambdaKey,
  code: Uint8Array,
): Promise<NewCode> {
  if (code.length > MAX_CODE_BYTES) {
    throw new DomainError('PAYLOAD_TOO_LARGE', 'The code is larger than 1 MiB');
  }
  refuseOtherThanModules(await findLambda(db, key));
  const verdict = await syntax.submit(code);
  if (verdict.kind === 'bad') throw invalid(verdict.detail);
  return insertCode(db, key, code);
}

function refuseOtherThanModules({ type, lang }: Lambda): void {
  if (type === 'module' && lang === 'js') return;
  throw invalid(`only a lambda of type module and lang js takes code, this is ${type} and ${lang}`);
}

// The pointer of the whole body: the code is not a member of anything.
function invalid(detail: string): DomainError {
  return new DomainError('VALIDATION_FAILED', `The code is refused: ${detail}`, [
    { pointer: '', detail },
  ]);
}
