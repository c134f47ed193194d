import { expect, it } from 'vitest';
import { readServerList } from './server-list.ts';

const plain = { user: undefined, pass: undefined, tls: 'as the server wants' };

it.each([
  ['nats://127.0.0.1:4222', { ...plain, servers: ['127.0.0.1:4222'] }],
  ['nats://nats.local', { ...plain, servers: ['nats.local:4222'] }],
  ['127.0.0.1:4333', { ...plain, servers: ['127.0.0.1:4333'] }],
  ['nats://[::1]:4222', { ...plain, servers: ['[::1]:4222'] }],
  ['nats://a:1, nats://b:2', { ...plain, servers: ['a:1', 'b:2'] }],
  ['tls://a:1', { ...plain, servers: ['a:1'], tls: 'asked' }],
  [
    'nats://me:p%40ss@a:1,nats://b:2',
    { ...plain, servers: ['a:1', 'b:2'], user: 'me', pass: 'p@ss' },
  ],
])('reads %s', (urls, list) => {
  expect(readServerList(urls)).toEqual(list);
});

it('does not repeat what it cannot read, for it may hold a password', () => {
  expect(() => readServerList('nats://me:secret@a:b:c')).toThrow(/^a NATS server must be/);
});
