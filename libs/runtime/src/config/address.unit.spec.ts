import { expect, it } from 'vitest';
import { formatAddress, parseAddress } from './address.ts';

it.each([
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['catalog.greencloud.svc:50051', { host: 'catalog.greencloud.svc', port: 50_051 }],
  ['[::1]:80', { host: '::1', port: 80 }],
])('reads %s and writes it again', (text, address) => {
  expect(parseAddress(text)).toEqual(address);
  expect(formatAddress(address)).toBe(text);
});

it.each(['', 'host', 'host:', ':80', 'host:65536', '::1:80', 'a b:80', 'host:80/x'])(
  'refuses %j',
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);
