import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { useTestEdge } from '../../testing/use-test-edge.ts';

const edge = useTestEdge();

const get = (target: string, headers: Record<string, string> = {}) =>
  edge().send('GET', target, { token: 'none', headers });

describe('the API document', () => {
  it('is served as it is committed, to everybody', async () => {
    const answer = await get('/v1/openapi.json');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const committed = await readFile(new URL('../../../openapi.json', import.meta.url), 'utf8');
    expect(answer.text).toBe(committed);
  });

  it('is not sent again to who has it', async () => {
    const etag = (await get('/v1/openapi.json')).headers.get('etag') ?? '';
    const again = await get('/v1/openapi.json', { 'if-none-match': etag });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('takes GET, HEAD and OPTIONS only', async () => {
    const refused = await edge().send('DELETE', '/v1/openapi.json', { token: 'none' });
    expect(refused.json).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(refused.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    const head = await edge().send('HEAD', '/v1/openapi.json', { token: 'none' });
    expect([head.status, head.text]).toEqual([200, '']);
  });
});

describe('the docs page', () => {
  it('is a page under a policy that lets nothing in but files of this origin', async () => {
    const page = await get('/docs');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|nonce/);
    expect(page.text).not.toMatch(/<script>|<style|style=|onload=|javascript:/);
  });

  it.each(['/docs', '/docs/start.js'])('%s names no other host', async (target) => {
    expect((await get(target)).text).not.toMatch(/\/\/[\w-]+\.\w/);
  });

  it('has a style sheet that brings its icons along', async () => {
    const { text } = await get('/docs/swagger-ui.css');
    const urls = [...text.matchAll(/url\(["']?([^:)]*)/g)].map(([, scheme]) => scheme);
    expect(new Set(urls)).toEqual(new Set(['data']));
    expect(text).not.toContain('@import');
  });

  it('has every file that it asks for', async () => {
    const { text } = await get('/docs');
    const targets = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(
      ([, target]) => target ?? '',
    );
    expect(targets).toHaveLength(4);
    for (const target of targets) {
      const { status, headers } = await get(target);
      expect([target, status, headers.get('x-content-type-options')]).toEqual([
        target,
        200,
        'nosniff',
      ]);
    }
  });

  it('sends the large script compressed to who takes that', async () => {
    const plain = await edge().open('/docs/swagger-ui-bundle.js', {
      headers: { 'accept-encoding': 'identity' },
    });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const zipped = await edge().open('/docs/swagger-ui-bundle.js', {
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(Number(zipped.headers.get('content-length'))).toBeLessThan(700_000);
    expect(await zipped.text()).toBe(await plain.text());
  });

  it('has no file that is not named: no path leads into the package', async () => {
    for (const target of ['/docs/', '/docs/package.json', '/docs/..%2fapp.js', '/docs/__proto__']) {
      expect((await get(target)).json).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
    }
  });
});
