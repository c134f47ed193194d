import { readFileSync } from 'node:fs';
import { request } from 'node:https';

export interface ApiAnswer {
  readonly status: number;
  readonly body: { readonly message?: string; readonly resources?: readonly ApiResource[] };
  /** What the server warns of, like a template that the restricted level refuses. */
  readonly warnings: readonly string[];
}

export interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface ApiClient {
  call(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
}

/** Speaks to an API server on this machine, as an administrator. */
export function createApiClient(port: number, token: string, caFile: string): ApiClient {
  const ca = readFileSync(caFile);
  const call = (method: string, path: string, body?: unknown) =>
    new Promise<ApiAnswer>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json',
      };
      const options = {
        method,
        port,
        path,
        ca,
        headers,
        host: '127.0.0.1',
        servername: 'localhost',
      };
      const sent = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const warnings = [response.headers['warning'] ?? []].flat();
          const json = text.startsWith('{') ? (JSON.parse(text) as ApiAnswer['body']) : {};
          resolve({ status: response.statusCode ?? 0, body: json, warnings });
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return { call };
}
