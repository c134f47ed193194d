import { createServer } from 'node:https';
import type { Authority } from '@greencloud/embedded';

/** The token issuer of the values: its key set over https, signed by the authority of `trust`. */
export async function openIssuer(authority: Authority, host: string, jwks: string) {
  const { certificate, privateKey } = await authority.issue({
    commonName: 'issuer',
    uri: 'spiffe://greencloud/issuer',
    dnsNames: [host],
    notAfter: new Date(Date.now() + 3_600_000),
  });
  const server = createServer({ cert: certificate, key: privateKey }, (_, response) => {
    response.setHeader('content-type', 'application/jwk-set+json').end(jwks);
  });
  // Long enough for whoever looks at the sockets.
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port for the issuer');
  return {
    port: address.port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
