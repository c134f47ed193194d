import { expect, it } from 'vitest';
import { makeNatsUsers, sameForAll } from './nats-users.ts';

it('gives each user a password of its own, new each time, and a URL that logs in with it', () => {
  const { users, urls } = makeNatsUsers(4222);
  for (const { name, password } of users) {
    const { username, password: inUrl, host } = new URL(urls[name as keyof typeof urls]);
    expect([username, inUrl, host]).toEqual([name, password, '127.0.0.1:4222']);
    expect(password).toMatch(/^[\w-]{32}$/);
  }
  const all = [...users, ...makeNatsUsers(4222).users].map(({ password }) => password);
  expect(new Set(all).size).toBe(2 * users.length);
});

it('opens the events of every partition to the relay alone', () => {
  const { users } = makeNatsUsers(4222);
  const writers = users.filter(({ publish }) => publish.some((one) => one.startsWith('evt.')));
  expect(writers.map(({ name }) => name)).toEqual(['task-command']);
  expect(writers[0]?.publish).toContain('evt.255');
});

it('leaves a server of the user’s own to him', () => {
  expect(new Set(Object.values(sameForAll('nats://me:secret@nats:4222'))).size).toBe(1);
});
