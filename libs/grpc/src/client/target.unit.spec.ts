import { expect, it } from 'vitest';
import { targetOf } from './target.ts';

it.each([
  ['127.0.0.1:80', 'ipv4:127.0.0.1:80'],
  ['localhost:80', 'ipv4:127.0.0.1:80'],
  ['catalog.svc:80', 'dns:///catalog.svc:80'],
  ['127.0.0.1:80, 127.0.0.2:81', 'ipv4:127.0.0.1:80,127.0.0.2:81'],
  ['[::1]:80', 'ipv6:[::1]:80'],
])('makes of %s the target %s', (addresses, target) => {
  expect(targetOf(addresses)).toBe(target);
});

it.each(['', 'a', 'a:1,b:2', '127.0.0.1:1,[::1]:1'])('refuses %j', (addresses) => {
  expect(() => targetOf(addresses)).toThrow();
});
