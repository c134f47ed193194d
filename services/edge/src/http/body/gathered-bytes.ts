/** The bytes of a body, gathered as they arrive. */
export interface GatheredBytes {
  readonly length: number;
  add(chunk: Buffer): void;
  /** All of them so far. */
  whole(): Buffer;
}

/**
 * Keeps one block that doubles, and not the chunks: a Buffer of one byte costs 314 bytes, so a body
 * that comes byte by byte would hold hundreds of times of what it counts for.
 */
export function gatherBytes(): GatheredBytes {
  let block: Buffer = Buffer.alloc(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(chunk) {
      // Most bodies are one chunk, which is taken as it is.
      if (length === 0) block = chunk;
      else {
        if (length + chunk.length > block.length) block = grown(block, length, chunk.length);
        chunk.copy(block, length);
      }
      length += chunk.length;
    },
    whole: () => block.subarray(0, length),
  };
}

function grown(block: Buffer, length: number, by: number): Buffer {
  const next = Buffer.allocUnsafeSlow(Math.max(2 * block.length, length + by));
  block.copy(next, 0, 0, length);
  return next;
}
