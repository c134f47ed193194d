import fc from 'fast-check';
import { parse, v5 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { uuidV5 } from './uuid-v5.ts';

const namespace = '6f1f3c1e-8a55-4d0b-9a51-6d8f0f9b6c6e';

describe('a name-based UUID', () => {
  it('is the one that the uuid package makes', () => {
    const made = uuidV5(Buffer.from(parse(namespace)));
    const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 100 });
    fc.assert(
      fc.property(ascii, (name) => {
        expect(made(name)).toBe(v5(name, namespace));
      }),
    );
  });
});
