import type { Duplex } from 'node:stream';
import { problemFrame, problemMediaType } from '../problem/problem.ts';
import { requestIdOf } from '../problem/request-id.ts';

/** What never became a request has codes of its own, because no service of ours ever throws them. */
export type BrokenCode = 'MALFORMED_REQUEST' | 'REQUEST_TIMEOUT' | 'HEADERS_TOO_LARGE';

interface BrokenKind {
  readonly status: number;
  readonly reason: string;
  readonly title: string;
}

export const brokenKinds: Readonly<Record<BrokenCode, BrokenKind>> = {
  MALFORMED_REQUEST: { status: 400, reason: 'Bad Request', title: 'The request is not HTTP' },
  REQUEST_TIMEOUT: {
    status: 408,
    reason: 'Request Timeout',
    title: 'The request did not arrive in time',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    reason: 'Request Header Fields Too Large',
    title: 'The headers are too large',
  },
};

const codeOfNode: Readonly<Record<string, BrokenCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Answers what never became a request: below Koa, hence with statuses and a response of its own. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code = codeOfNode[error.code ?? ''] ?? 'MALFORMED_REQUEST';
  const { status, reason, title } = brokenKinds[code];
  const frame = problemFrame(code, { requestId: requestIdOf('') });
  const body = JSON.stringify({ ...frame, title, status, detail: title });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    `content-type: ${problemMediaType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
