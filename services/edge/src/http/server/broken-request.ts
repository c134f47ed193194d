import type { Duplex } from 'node:stream';
import { problemFrame, problemMediaType } from '../problem/problem.ts';
import { requestIdOf } from '../problem/request-id.ts';

interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly code: string;
  readonly title: string;
}

const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'Request Header Fields Too Large',
    code: 'HEADERS_TOO_LARGE',
    title: 'The headers are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    reason: 'Request Timeout',
    code: 'REQUEST_TIMEOUT',
    title: 'The request did not arrive in time',
  },
};

const malformed: Refusal = {
  status: 400,
  reason: 'Bad Request',
  code: 'MALFORMED_REQUEST',
  title: 'The request is not HTTP',
};

/** Answers what never became a request: below Koa, hence with statuses and a response of its own. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, reason, code, title } = refusals[error.code ?? ''] ?? malformed;
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
