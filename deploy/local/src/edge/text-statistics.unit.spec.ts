import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { inRepository } from '../repository.ts';

type Lambda = (
  request: Request,
  context: { progress: (percent: number) => void },
) => Promise<Record<string, unknown>>;

const url = pathToFileURL(inRepository('deploy/local/demo/text-statistics.mjs')).href;
const { default: textStatistics } = (await import(url)) as { default: Lambda };

function run(text: string, progress: number[] = []) {
  const request = new Request('http://lambda/', { method: 'POST', body: text });
  return textStatistics(request, { progress: (percent) => progress.push(percent) });
}

it('counts characters, words and lines, and hashes the text', async () => {
  const text = 'The wind turns the mill.\nThe sun, too.\n';
  expect(await run(text)).toEqual({
    characters: 39,
    words: 8,
    lines: 2,
    mostFrequent: [
      { word: 'the', count: 3 },
      { word: 'mill', count: 1 },
      { word: 'sun', count: 1 },
    ],
    sha256: createHash('sha256').update(text).digest('hex'),
  });
});

it('reads words of any script', async () => {
  expect(await run('Größe größe l’été 風')).toMatchObject({
    words: 4,
    mostFrequent: [{ word: 'größe', count: 2 }, { word: 'l’été' }, { word: '風' }],
  });
});

it('answers an empty text', async () => {
  expect(await run('')).toMatchObject({ characters: 0, words: 0, lines: 0, mostFrequent: [] });
});

it('tells its progress', async () => {
  const progress: number[] = [];
  await run('a', progress);
  expect(progress).toEqual([50]);
});
