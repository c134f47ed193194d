import { describe, expect, it } from 'vitest';
import { DomainError, errorCodes, isErrorCode } from './errors.ts';

describe('an error of the domain', () => {
  it('has a code, a message, and no fields unless they are given', () => {
    const error = new DomainError('CONFLICT', 'Somebody was quicker');
    expect(error).toMatchObject({ name: 'DomainError', code: 'CONFLICT', fields: [] });
    expect(error.message).toBe('Somebody was quicker');
  });

  it('names each wrong member', () => {
    const fields = [{ pointer: '/timeout', detail: 'must be at least 10' }];
    expect(new DomainError('VALIDATION_FAILED', 'wrong', fields).fields).toEqual(fields);
  });

  it('has a code of the list', () => {
    expect(errorCodes.every(isErrorCode)).toBe(true);
    expect(['', 'conflict', 'OUT_OF_LUCK'].some(isErrorCode)).toBe(false);
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
  });
});
