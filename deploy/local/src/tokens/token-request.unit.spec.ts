import { expect, it } from 'vitest';
import { readTokenRequest } from './token-request.ts';

const user = '64058fee9956fae80d7e0e8e';

it('reads user, life and scope', () => {
  expect(readTokenRequest({ user, ttl: '3600', scope: 'task:read lambda:*' })).toEqual({
    userId: user,
    ttlSeconds: 3_600,
    scope: 'task:read lambda:*',
  });
});

it('gives a token a day, and all of the tenant’s own, unless told otherwise', () => {
  expect(readTokenRequest({ user })).toEqual({ userId: user, ttlSeconds: 86_400 });
});

it('names every bad argument at once', () => {
  const read = () => readTokenRequest({ user: 'me', ttl: '1h', scope: ' ' });
  expect(read).toThrow(/--user must be 24.*\n--ttl must be.*\n--scope must be/);
  expect(() => readTokenRequest({})).toThrow('--user is missing');
});

it.each(['task', 'tasks:read', 'task:delete', 'task:read  task:write', 'task:read,task:write'])(
  'refuses the scope "%s", which would open nothing',
  (scope) => {
    expect(() => readTokenRequest({ user, scope })).toThrow('--scope must be scopes');
  },
);
