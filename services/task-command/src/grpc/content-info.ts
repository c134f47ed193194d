import { hash } from 'node:crypto';
import type { ContentInfo } from '@greencloud/domain';
import type { Content } from '../append/append-request.ts';

/** What the event says of bytes that are kept beside it. */
export function contentInfo(content: Content | undefined): ContentInfo | null {
  if (content === undefined) return null;
  const { contentType, body } = content;
  return { size: body.byteLength, contentType, hash: hash('sha256', body, 'hex') };
}
