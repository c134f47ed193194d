// @peculiar/x509 finds its parts by a container that reads decorators.
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { newKeyPair, privateKeyFromPem, privateKeyToPem, SIGNATURE } from './pem.ts';

/** A certificate and the key that belongs to it, both PEM. */
export type KeyedCertificate = {
  readonly certificate: string;
  /** A secret: it goes into a file that only its owner reads. */
  readonly privateKey: string;
};

export type Validity = {
  /** Five minutes ago when left out, so that clocks need not agree. */
  readonly notBefore?: Date;
  readonly notAfter: Date;
};

export type CertificateRequest = Validity & {
  readonly commonName: string;
  /** Who the holder is, like `spiffe://greencloud/edge`. */
  readonly uri: string;
  /** Where a server of the holder is found; leave both out for a holder that only calls. */
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
};

/** Signs certificates for the processes of one machine; nobody else should trust it. */
export type Authority = KeyedCertificate & {
  issue(request: CertificateRequest): Promise<KeyedCertificate>;
};

const SKEW_MS = 5 * 60_000;

export async function createAuthority(
  request: Validity & { readonly commonName: string },
): Promise<Authority> {
  const keys = await newKeyPair();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validityOf(request),
    name: [{ CN: [request.commonName] }],
    keys,
    signingAlgorithm: SIGNATURE,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const privateKey = await privateKeyToPem(keys.privateKey);
  return openAuthority({ certificate: pemOf(certificate), privateKey });
}

/** An authority that was made earlier. */
export async function openAuthority(kept: KeyedCertificate): Promise<Authority> {
  const issuer = new X509Certificate(kept.certificate);
  const signingKey = await privateKeyFromPem(kept.privateKey);
  return {
    ...kept,
    issue: async (request) => {
      const keys = await newKeyPair();
      const certificate = await X509CertificateGenerator.create({
        ...validityOf(request),
        subject: [{ CN: [request.commonName] }],
        issuer: issuer.subjectName,
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm: SIGNATURE,
        extensions: [
          ...leafExtensions(request),
          await SubjectKeyIdentifierExtension.create(keys.publicKey),
          await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        ],
      });
      const privateKey = await privateKeyToPem(keys.privateKey);
      return { certificate: pemOf(certificate), privateKey };
    },
  };
}

function leafExtensions({ uri, dnsNames = [], addresses = [] }: CertificateRequest): Extension[] {
  const serves = dnsNames.length + addresses.length > 0;
  const { clientAuth, serverAuth } = ExtendedKeyUsage;
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(serves ? [serverAuth, clientAuth] : [clientAuth]),
    new SubjectAlternativeNameExtension([
      { type: 'url', value: uri },
      ...dnsNames.map((value) => ({ type: 'dns', value }) as const),
      ...addresses.map((value) => ({ type: 'ip', value }) as const),
    ]),
  ];
}

function validityOf({ notBefore, notAfter }: Validity): { notBefore: Date; notAfter: Date } {
  return { notBefore: notBefore ?? new Date(Date.now() - SKEW_MS), notAfter };
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
