import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const exclude = ['**/node_modules/**', '**/dist/**'];
const documents = globSync(['**/*.md', '.ci/run'], { cwd: root, exclude });
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

function textOf(document: string): string {
  return readFileSync(join(root, document), 'utf8');
}

/** `npm run x`, `npm start`, and a family's further members in words of code: `test:int`. */
function scriptsIn(text: string): string[] {
  const named = text.matchAll(
    /npm (?:run |(?=start|test))([\w:-]+)|`((?:test|bench|measure):\w+)/g,
  );
  return [...named].map(([, run, word]) => run ?? word ?? '');
}

/** Targets of the links that stay in the repository, without their anchors. */
function linksIn(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target]) => target ?? '');
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

describe(`${documents.length} documents`, () => {
  it.each(documents)('%s names scripts that there are', (document) => {
    expect(scriptsIn(textOf(document)).filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(documents)('%s links to files that there are', (document) => {
    const isThere = (target: string) => existsSync(join(root, dirname(document), target));
    expect(linksIn(textOf(document)).filter((target) => !isThere(target))).toEqual([]);
  });

  it('between them name every script', () => {
    const told = new Set(documents.flatMap((document) => scriptsIn(textOf(document))));
    const untold = Object.keys(scripts).filter(
      (name) => !told.has(name) && !name.startsWith('pre'),
    );
    expect(untold).toEqual([]);
  });

  it('are read as they are meant: a wrong name and a wrong link are seen', () => {
    expect(scriptsIn('npm start, `npm run no-such`, `test:none`')).toEqual([
      'start',
      'no-such',
      'test:none',
    ]);
    expect(linksIn('[a](no/such.md#part) [b](https://example.org)')).toEqual(['no/such.md']);
  });
});
