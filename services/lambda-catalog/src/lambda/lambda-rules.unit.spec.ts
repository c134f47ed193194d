import { DomainError } from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import type { LambdaDraft } from './lambda.ts';
import { checkChanges, checkDemands, checkDraft } from './lambda-rules.ts';

const draft: LambdaDraft = {
  name: 'resize1',
  description: 'Resizes a picture',
  tags: ['image', 'small things'],
  scmUrl: 'https://example.org/resize.git',
  lang: 'js',
  type: 'module',
};

function refusal(act: () => unknown): { code: string; pointers: string[] } {
  try {
    act();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { code: error.code, pointers: error.fields.map(({ pointer }) => pointer) };
  }
  return { code: 'none', pointers: [] };
}

describe('a draft', () => {
  it.each<[string, Partial<LambdaDraft>]>([
    ['as it should be', {}],
    ['the longest name', { name: 'a'.repeat(64) }],
    ['the longest description', { description: '~'.repeat(80) }],
    ['no description, tags or URL', { description: '', tags: [], scmUrl: '' }],
    [
      '16 tags of 64 characters',
      { tags: Array.from({ length: 16 }, (_, n) => `${n}`.padEnd(64, 'x')) },
    ],
    ['another language and type', { lang: 'rb', type: 'docker' }],
  ])('passes with %s', (_what, change) => {
    expect(checkDraft({ ...draft, ...change })).toEqual({ ...draft, ...change });
  });

  it.each([
    ['/name', { name: '' }],
    ['/name', { name: 'a'.repeat(65) }],
    ['/name', { name: 'with-dash' }],
    ['/name', { name: 'ünicode' }],
    ['/name', { name: 'line\n' }],
    ['/description', { description: 'x'.repeat(81) }],
    ['/description', { description: 'tab\t' }],
    ['/description', { description: 'naïve' }],
    ['/tag/1', { tags: ['a', ''] }],
    ['/tag/0', { tags: ['x'.repeat(65)] }],
    ['/tag/0', { tags: [' a'] }],
    ['/tag', { tags: Array.from({ length: 17 }, (_, n) => `tag${n}`) }],
    ['/scmUrl', { scmUrl: 'not a url' }],
    ['/scmUrl', { scmUrl: 'javascript:alert(1)' }],
    ['/scmUrl', { scmUrl: 'https://user:password@example.org/' }],
    ['/scmUrl', { scmUrl: `https://example.org/${'x'.repeat(2_048)}` }],
    ['/lang', { lang: 'cobol' }],
    ['/type', { type: '' }],
  ])('is refused at %s with %j', (pointer, change) => {
    expect(refusal(() => checkDraft({ ...draft, ...change }))).toEqual({
      code: 'VALIDATION_FAILED',
      pointers: [pointer],
    });
  });

  it('is refused with all wrong members at once', () => {
    const { pointers } = refusal(() => checkDraft({ ...draft, name: '-', lang: '', scmUrl: '?' }));
    expect(pointers.toSorted()).toEqual(['/lang', '/name', '/scmUrl']);
  });

  it('keeps a tag that is given twice once', () => {
    expect(checkDraft({ ...draft, tags: ['b', 'a', 'b'] }).tags).toEqual(['b', 'a']);
  });
});

it('lets changes leave members out, and refuses wrong ones', () => {
  expect(checkChanges({ description: 'new' })).toEqual({ description: 'new' });
  expect(refusal(() => checkChanges({ name: 'a b', tags: ['x'] })).pointers).toEqual(['/name']);
});

describe('demands', () => {
  it.each([
    {},
    { timeout: 10, cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false },
    { timeout: 120, cpuCount: 4, memSize: 2_048, networkLatency: 60_000, privileged: true },
  ])('may be %j', (demands) => {
    expect(checkDemands(demands)).toEqual(demands);
  });

  it.each([
    ['/timeout', { timeout: 9 }],
    ['/timeout', { timeout: 121 }],
    ['/cpuCount', { cpuCount: 5 }],
    ['/memSize', { memSize: 2_049 }],
    ['/memSize', { memSize: 1.5 }],
    ['/networkLatency', { networkLatency: -1 }],
  ])('are refused at %s with %j', (pointer, demands) => {
    expect(refusal(() => checkDemands(demands)).pointers).toEqual([pointer]);
  });
});
