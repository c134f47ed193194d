import { expect, it } from 'vitest';
import { connectionAge } from './connection-age.ts';

it('renews connections within minutes where replicas come and go', () => {
  expect(connectionAge({ address: '0.0.0.0:50051' })).toBe(300_000);
  expect(connectionAge({ address: '[::]:50051', tls: {} })).toBe(300_000);
});

it('renews them on one machine only for the sake of certificates', () => {
  expect(connectionAge({ address: '127.0.0.1:0' })).toBeUndefined();
  expect(connectionAge({ address: 'localhost:0', tls: {} })).toBe(3_600_000);
});

it('leaves sessions of nodes alone', () => {
  expect(connectionAge({ address: '0.0.0.0:50052', door: 'nodes', tls: {} })).toBeUndefined();
});
