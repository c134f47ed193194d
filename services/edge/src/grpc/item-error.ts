import { DomainError, isErrorCode } from '@greencloud/domain';
import type { ItemError } from '@greencloud/proto/task/v1/task';

/** One refused item of a batch. A code that this release does not know is INTERNAL. */
export function itemErrorOf({ code, message }: ItemError): DomainError {
  return new DomainError(isErrorCode(code) ? code : 'INTERNAL', message);
}

/** For an item without a result, which no server of ours sends. */
export function missingResult(): DomainError {
  return new DomainError('INTERNAL', 'an item of a batch has no result');
}
