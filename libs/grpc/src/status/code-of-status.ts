import type { ErrorCode } from '@greencloud/domain';
import { status } from '@grpc/grpc-js';

/**
 * What a status means that carries no ErrorInfo: it was made by a gRPC library or a proxy, not by
 * one of our servers. RESOURCE_EXHAUSTED is then grpc-js refusing the size of a message.
 */
export function codeOfBareStatus(code: status): ErrorCode {
  switch (code) {
    case status.UNAVAILABLE:
      return 'UNAVAILABLE';
    case status.DEADLINE_EXCEEDED:
      return 'DEADLINE_EXCEEDED';
    case status.CANCELLED:
      return 'CANCELLED';
    case status.RESOURCE_EXHAUSTED:
      return 'PAYLOAD_TOO_LARGE';
    case status.UNAUTHENTICATED:
      return 'NEEDS_LOGIN';
    case status.PERMISSION_DENIED:
      return 'FORBIDDEN';
    default:
      return 'INTERNAL';
  }
}
