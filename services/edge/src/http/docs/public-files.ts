import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { docsPage, docsStart } from './docs-page.ts';

export interface PublicFile {
  readonly contentType: string;
  readonly etag: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

const compress = promisify(gzip);
const html = 'text/html; charset=utf-8';
const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

const ofPackage = (name: string) =>
  readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`));
const ofText = (text: string) => () => Promise.resolve(Buffer.from(text));

const sources: Readonly<Record<string, readonly [string, () => Promise<Buffer>]>> = {
  '/v1/openapi.json': [
    'application/json',
    () => readFile(new URL('../../../openapi.json', import.meta.url)),
  ],
  '/docs': [html, ofText(docsPage)],
  '/docs/start.js': [script, ofText(docsStart)],
  '/docs/swagger-ui-bundle.js': [script, () => ofPackage('swagger-ui-bundle.js')],
  '/docs/swagger-ui.css': [style, () => ofPackage('swagger-ui.css')],
};

/** Files for everybody, by path; each is read and compressed when it is first asked for. */
export function createPublicFiles(): (path: string) => Promise<PublicFile> | undefined {
  const loaded = new Map<string, Promise<PublicFile>>();
  return (path) => {
    const source = Object.hasOwn(sources, path) ? sources[path] : undefined;
    if (source === undefined) return undefined;
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const file = load(...source);
    loaded.set(path, file);
    // A disk that failed once is asked again.
    file.catch(() => loaded.delete(path));
    return file;
  };
}

async function load(contentType: string, read: () => Promise<Buffer>): Promise<PublicFile> {
  const bytes = await read();
  const etag = `"${hash('sha256', bytes, 'base64url').slice(0, 22)}"`;
  return { contentType, etag, bytes, gzipped: await compress(bytes) };
}
