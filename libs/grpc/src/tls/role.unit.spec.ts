import { expect, it } from 'vitest';
import { roleOf, roles } from './role.ts';

it.each(roles)('reads %s beside the names where it serves', (role) => {
  const names = `URI:spiffe://greencloud/${role}, DNS:localhost, IP Address:127.0.0.1`;
  expect(roleOf(names)).toBe(role);
});

it.each([
  ['no names', undefined],
  ['no URI', 'DNS:edge'],
  ['an unknown role', 'URI:spiffe://greencloud/king'],
  ['a role in capitals', 'URI:spiffe://greencloud/Edge'],
  ['a longer path', 'URI:spiffe://greencloud/edge/x'],
  ['another domain', 'URI:spiffe://browncloud/edge'],
  ['a domain that begins alike', 'URI:spiffe://greencloud.evil/edge'],
  ['another scheme', 'URI:https://greencloud/edge'],
  ['a DNS name that looks like a role', 'DNS:spiffe://greencloud/edge'],
  ['two URIs', 'URI:spiffe://greencloud/edge, URI:spiffe://greencloud/scheduler'],
  ['a role inside a quoted name', 'URI:"http://a, URI:spiffe://greencloud/edge, x"'],
])('reads no role from %s', (_what, names) => {
  expect(roleOf(names)).toBeUndefined();
});
