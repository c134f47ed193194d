import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { createAuthority, openAuthority } from './authority.ts';

const DAY_MS = 86_400_000;
const notAfter = new Date(Date.now() + DAY_MS);
const edge = { commonName: 'edge', uri: 'spiffe://greencloud/edge', notAfter };

const authority = await createAuthority({ commonName: 'test', notAfter });

it('issues a certificate that its own key and nobody else’s authority fits', async () => {
  const other = await createAuthority({ commonName: 'test', notAfter });
  const issued = await authority.issue(edge);
  const certificate = new X509Certificate(issued.certificate);
  expect(certificate.checkPrivateKey(createPrivateKey(issued.privateKey))).toBe(true);
  expect(certificate.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(certificate.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
  expect(certificate.ca).toBe(false);
});

it('goes on with the key that was kept', async () => {
  const { certificate, privateKey } = authority;
  const issued = await (await openAuthority({ certificate, privateKey })).issue(edge);
  const issuer = new X509Certificate(certificate);
  expect(new X509Certificate(issued.certificate).verify(issuer.publicKey)).toBe(true);
});

it('names the holder, and where it serves', async () => {
  const places = { dnsNames: ['localhost'], addresses: ['127.0.0.1'] };
  const { certificate } = await authority.issue({ ...edge, ...places });
  const { subjectAltName } = new X509Certificate(certificate);
  expect(subjectAltName).toBe('URI:spiffe://greencloud/edge, DNS:localhost, IP Address:127.0.0.1');
});

it.each([
  [{ dnsNames: ['localhost'] }, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']],
  [{}, ['1.3.6.1.5.5.7.3.2']],
])('lets serve only who has a place to serve at: %j', async (places, usages) => {
  const { certificate } = await authority.issue({ ...edge, ...places });
  expect(new X509Certificate(certificate).keyUsage).toEqual(usages);
});

it('begins five minutes ago and ends when asked', async () => {
  const certificate = new X509Certificate((await authority.issue(edge)).certificate);
  expect(certificate.validToDate.getTime()).toBe(Math.floor(notAfter.getTime() / 1000) * 1000);
  expect(Date.now() - certificate.validFromDate.getTime()).toBeGreaterThan(299_000);
});
