import type { ErrorCode } from '@greencloud/domain';
import { status } from '@grpc/grpc-js';

// Such a status was made by a gRPC library or a proxy, not by one of our servers. Where it says
// RESOURCE_EXHAUSTED, grpc-js refused the size of a message.
const codes: Partial<Record<status, ErrorCode>> = {
  [status.UNAVAILABLE]: 'UNAVAILABLE',
  [status.DEADLINE_EXCEEDED]: 'DEADLINE_EXCEEDED',
  [status.CANCELLED]: 'CANCELLED',
  [status.RESOURCE_EXHAUSTED]: 'PAYLOAD_TOO_LARGE',
  [status.UNAUTHENTICATED]: 'NEEDS_LOGIN',
  [status.PERMISSION_DENIED]: 'FORBIDDEN',
};

/** What a status means that carries no ErrorInfo. */
export function codeOfBareStatus(code: status): ErrorCode {
  return codes[code] ?? 'INTERNAL';
}
