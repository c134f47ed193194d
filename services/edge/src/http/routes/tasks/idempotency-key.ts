import { DomainError } from '@greencloud/domain';

const visibleAscii = /^[\x21-\x7e]{1,255}$/;

/** Throws `INVALID_PARAMETER` unless it is 1..255 visible ASCII characters. */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined || visibleAscii.test(header)) return header;
  const detail = 'must be 1 to 255 visible ASCII characters';
  throw new DomainError('INVALID_PARAMETER', `Idempotency-Key ${detail}`, [
    { pointer: '/Idempotency-Key', detail },
  ]);
}
