import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonBody } from './json-body.ts';
import { jsonFaultAt } from './json-fault.ts';

function refusalOf(text: string | Buffer): string {
  try {
    parseJsonBody(Buffer.from(text));
  } catch (error) {
    expect(error).toMatchObject({ code: 'MALFORMED_JSON' });
    return (error as Error).message;
  }
  return 'accepted';
}

describe('a JSON body', () => {
  it.each([
    ['{"a": x}', 'stops being JSON at line 1, column 7 (offset 6)'],
    ['{"a": 1,}', 'line 1, column 9 (offset 8)'],
    ['{"a"\n:1 "b":2}', 'line 2, column 4 (offset 8)'],
    ['{"a": "\u0001"}', 'line 1, column 8 (offset 7)'],
    ['{"a": 01}', 'line 1, column 8 (offset 7)'],
    ["{'a': 1}", 'line 1, column 2 (offset 1)'],
    ['{"a": 1} {', 'line 1, column 10 (offset 9)'],
    ['[1 2]', 'line 1, column 4 (offset 3)'],
    ['{"a": [1, {"b": ', 'ends too early, at line 1, column 17 (offset 16)'],
    ['"abc', 'ends too early, at line 1, column 5 (offset 4)'],
    ['', 'is empty'],
    [' \n', 'is empty'],
    ['\ufeff{}', 'line 1, column 1 (offset 0)'],
    ['NaN', 'line 1, column 1 (offset 0)'],
  ])('%j is refused with its place', (text, place) => {
    expect(refusalOf(text)).toContain(place);
  });

  it('is refused when it is not UTF-8', () => {
    expect(refusalOf(Buffer.from([0x22, 0xff, 0x22]))).toBe('The body is not UTF-8');
  });

  it('is refused past 64 levels, and taken at 64', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    expect(refusalOf(nested(64))).toBe('accepted');
    expect(refusalOf(nested(65))).toContain('64 levels');
    expect(refusalOf(nested(500_000))).toContain('64 levels');
  });

  it('keeps __proto__ as an ordinary member', () => {
    const value = parseJsonBody(Buffer.from('{"__proto__": {"admin": true}}'));
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('the place of a fault', () => {
  // The scanner never runs on JSON; that it goes through to the end there proves its grammar.
  it('is the end for whatever JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        expect(jsonFaultAt(text)).toBe(text.length);
      }),
    );
  });

  it('has before it what may begin JSON, and after it what may not', () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('x', '}', ']', ',', '"', '\\', '1', '\u0000', ':'),
      )
      .map(([json, at, garbage]) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + garbage + json.slice(place);
      })
      .filter((text) => !isJson(text));
    fc.assert(
      fc.property(broken, (text) => {
        const at = jsonFaultAt(text);
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThanOrEqual(text.length);
        expect(jsonFaultAt(text.slice(0, at))).toBe(at);
      }),
      { numRuns: 1_000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
