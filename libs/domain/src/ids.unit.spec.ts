import { describe, expect, it } from 'vitest';
import { DomainError } from './errors.ts';
import { parseCodeVersion, parseLambdaId, parseNodeId, parseTaskId, parseTenantId } from './ids.ts';

const hex = '64058fee9956fae80d7e0e8e';
const uuid = '1a061cfd-df01-4b02-a067-5122c5941e15';

function refusalOf(parse: (text: string) => string, text: string) {
  try {
    return parse(text);
  } catch (error) {
    return error instanceof DomainError ? `${error.code}: ${error.message}` : error;
  }
}

describe.each([
  ['A task id', parseTaskId],
  ['A lambda id', parseLambdaId],
  ['A code version', parseCodeVersion],
])('%s', (what, parse) => {
  it('is 24 hexadecimal characters, kept in lower case', () => {
    expect(parse(hex)).toBe(hex);
    expect(parse(hex.toUpperCase())).toBe(hex);
  });

  it.each(['', hex.slice(1), `${hex}0`, `0${hex}`, `x${hex}`, `${hex}x`, hex.replace('f', 'g')])(
    'is not "%s"',
    (text) => {
      const refusal = `INVALID_ID: ${what} must be 24 hexadecimal characters`;
      expect(refusalOf(parse, text)).toBe(refusal);
    },
  );
});

describe('a node id', () => {
  it('is a UUID, kept in lower case', () => {
    expect(parseNodeId(uuid.toUpperCase())).toBe(uuid);
  });

  it.each(['', uuid.slice(1), `0${uuid}`, `${uuid}0`, uuid.replaceAll('-', ''), hex])(
    'is not "%s"',
    (text) => {
      expect(refusalOf(parseNodeId, text)).toBe('INVALID_ID: A node id must be a UUID');
    },
  );
});

describe('a tenant', () => {
  it.each([hex, 'auth0|Carol', 'a', 'A.b_c:d@e|f-9', 'x'.repeat(64)])(
    'may be "%s", whose case counts',
    (text) => {
      expect(parseTenantId(text)).toBe(text);
    },
  );

  it.each(['', 'x'.repeat(65), 'a b', ' a', 'a ', 'a/b', 'ä', 'a\n'])('is not "%s"', (text) => {
    const refusal = 'NEEDS_LOGIN: The token names no usable tenant';
    expect(refusalOf(parseTenantId, text)).toBe(refusal);
  });
});
