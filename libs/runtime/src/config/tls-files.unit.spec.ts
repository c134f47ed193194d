import { expect, it } from 'vitest';
import { tlsFilesOf } from './tls-files.ts';

const all = { GC_TLS_CA_FILE: 'ca.pem', GC_TLS_CERT_FILE: 'me.pem', GC_TLS_KEY_FILE: 'me.key' };

it('gives the three files, or nothing when none is set', () => {
  expect(tlsFilesOf(all)).toEqual({ caFile: 'ca.pem', certFile: 'me.pem', keyFile: 'me.key' });
  expect(tlsFilesOf({})).toBeUndefined();
});

it.each(Object.keys(all))('refuses to go on without %s', (name) => {
  expect(() => tlsFilesOf({ ...all, [name]: undefined })).toThrow(`${name} is not set`);
});

it('names every file that is missing', () => {
  const problem = /GC_TLS_CERT_FILE is not set.*\n.*GC_TLS_KEY_FILE is not set/;
  expect(() => tlsFilesOf({ GC_TLS_CA_FILE: 'ca.pem' })).toThrow(problem);
});
