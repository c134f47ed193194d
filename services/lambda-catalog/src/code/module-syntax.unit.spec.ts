import { expect, it } from 'vitest';
import { judgeModule } from './module-syntax.ts';

const judge = (text: string) => judgeModule(Buffer.from(text));

it.each([
  'export default async (request, context) => new Response("hello");',
  'export default function named() {}',
  'export default class {}',
  'const handle = () => 1; export { handle as default };',
  'const handle = () => 1; export { handle as "default" };',
  '#!/usr/bin/env node\nimport { createHash } from "node:crypto"; export default () => createHash;',
  '\ufeffexport default () => 1;',
  'const config = await Promise.resolve(1); export default () => config;',
  'export default async ({ a, ...rest }) => { using x = a ?? rest?.b; for await (const c of x) yield_(c); }',
])('takes %j', (text) => {
  expect(judge(text)).toEqual({ kind: 'good' });
});

it.each([
  ['export default async (request) => {\n  return 1 +;\n};', 'line 2, column 13: Unexpected token'],
  ['export default 1;\nexport default 2;', "line 2, column 8: Duplicate export 'default'"],
  [
    '\n\nlet a; let a; export default a;',
    "line 3, column 12: Identifier 'a' has already been declared",
  ],
  ['export default () => { with (a) {} }', "line 1, column 24: 'with' in strict mode"],
  ['<html></html>', 'line 1, column 1: Unexpected token'],
  ['', 'the module has no default export'],
  ['export const handler = () => 1;', 'the module has no default export'],
  ['module.exports = () => 1;', 'the module has no default export'],
  ['['.repeat(100_000), 'line 1, column'],
])('refuses %j', (text, detail) => {
  expect(judge(text)).toEqual({ kind: 'bad', detail: expect.stringContaining(detail) });
});

it('refuses what is not UTF-8', () => {
  const verdict = judgeModule(Buffer.from([0x65, 0xff, 0xfe]));
  expect(verdict).toEqual({ kind: 'bad', detail: 'the module is not UTF-8 text' });
});

it('runs nothing of the module', () => {
  judge('globalThis.ran = true; export default 1;');
  expect(globalThis).not.toHaveProperty('ran');
});
