import { isUtf8 } from 'node:buffer';
import { DomainError } from '@greencloud/domain';
import { jsonFaultAt } from './json-fault.ts';

// Deeper than any sensible payload, and far from the depth at which JSON.stringify overflows.
const maxDepth = 64;

/** Throws `MALFORMED_JSON` with the place of the fault. */
export function parseJsonBody(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw malformed('The body is not UTF-8');
  const text = bytes.toString('utf8');
  const value = parse(text);
  if (isDeeper(value, maxDepth)) {
    throw malformed(`The body is nested more than ${maxDepth} levels deep`);
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (text.trim() === '') throw malformed('The body is empty');
    const offset = jsonFaultAt(text);
    const place = `${placeOf(text, offset)} (offset ${offset})`;
    throw malformed(
      offset === text.length
        ? `The body ends too early, at ${place}`
        : `The body stops being JSON at ${place}`,
    );
  }
}

function malformed(detail: string): DomainError {
  return new DomainError('MALFORMED_JSON', detail, [{ pointer: '', detail }]);
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

// A stack of its own, because recursion over what a stranger sent ends in a stack overflow.
function isDeeper(root: unknown, limit: number): boolean {
  let level = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return false;
}
