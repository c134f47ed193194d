import { isUtf8 } from 'node:buffer';
import type { ContentInfo } from '@greencloud/domain';
import type { TaskKey, TaskResults } from './task-services.ts';
import type { TaskView } from './task-view.ts';

/** A result that is small and readable enough to stand in the task itself. */
export interface TextResult {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const maxTextBytes = 64 * 1024;

const textTypes =
  /^(?:text\/[\w.+-]+|application\/(?:json|xml|javascript|yaml|[\w.-]+\+(?:json|xml)))$/;

/** Undefined for a task that is not finished, and for a result that is large, binary or not there. */
export async function textResultOf(
  key: TaskKey,
  { outcome, status, result }: TaskView,
  results: TaskResults,
): Promise<TextResult | undefined> {
  if (outcome === undefined || result === undefined || !mayBeText(result)) return undefined;
  const content = await results.get(key, result.size);
  if (content === undefined || !isUtf8(content.body)) return undefined;
  const body = Buffer.from(content.body).toString('utf8');
  return { status, contentType: content.contentType, body };
}

/** Whether it is worth asking for the bytes. */
export function mayBeText({ size, contentType }: ContentInfo): boolean {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  const isUnicode = charset === undefined || /^charset="?(?:utf-?8|us-ascii)"?$/.test(charset);
  return size <= maxTextBytes && isUnicode && textTypes.test(type.trim());
}
