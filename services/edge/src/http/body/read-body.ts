import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '@greencloud/domain';
import type { BodyShare } from './body-memory.ts';
import { gatherBytes } from './gathered-bytes.ts';

/**
 * The whole body, at most `maxBytes`. Throws `PAYLOAD_TOO_LARGE` before reading what is declared
 * larger, `OVERLOADED` when the share is refused, `CANCELLED` when the client went away.
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  { maxBytes, share }: { maxBytes: number; share: BodyShare },
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (request.headers.expect !== undefined) response.writeContinue();
  return new Promise((resolve, reject) => {
    const bytes = gatherBytes();
    const settle = (act: () => void) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      act();
    };
    const fail = (error: unknown) => settle(() => reject(error));
    function onData(chunk: Buffer) {
      try {
        if (bytes.length + chunk.length > maxBytes) throw tooLarge(maxBytes);
        share.take(chunk.length);
        bytes.add(chunk);
      } catch (error) {
        fail(error);
      }
    }
    function onEnd() {
      settle(() => resolve(bytes.whole()));
    }
    function onClose() {
      fail(new DomainError('CANCELLED', 'the client went away'));
    }
    request.on('data', onData).once('end', onEnd).once('close', onClose).once('error', onClose);
  });
}

/** Whether the request carries a body at all, even an empty one. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function tooLarge(maxBytes: number): DomainError {
  return new DomainError('PAYLOAD_TOO_LARGE', `The body may have at most ${maxBytes} bytes`);
}
