import { Buffer } from 'node:buffer';

/** u32 length of the rest, u8 kind, then the kind's own layout; little-endian throughout. */
const LENGTH_BYTES = 4;
const KIND_BYTES = 1;

/** An unusable byte stream: the peer is broken or hostile, and nothing after it can be trusted. */
export class FrameError extends Error {}

/**
 * A frame with `size` bytes free from the answered offset on.
 *
 * @param {number} kind
 * @param {number} size
 * @returns {{ frame: Buffer, offset: number }}
 */
export function allocateFrame(kind, size) {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + KIND_BYTES + size);
  frame.writeUInt32LE(KIND_BYTES + size, 0);
  frame[LENGTH_BYTES] = kind;
  return { frame, offset: LENGTH_BYTES + KIND_BYTES };
}

/**
 * Cuts a byte stream into frames. Holds at most one frame of `maxBytes`, whatever the sizes of the
 * chunks: a list of chunks would cost a hostile peer one byte where it costs us a hundred.
 */
export class FrameReader {
  /** @type {number} */ #maxBytes;
  /** @type {(kind: number, body: Buffer) => void} */ #onFrame;
  #length = Buffer.alloc(LENGTH_BYTES);
  #lengthFilled = 0;
  /** @type {Buffer | undefined} */ #frame;
  #frameFilled = 0;

  /**
   * @param {number} maxBytes Kind and body of the largest frame that is taken.
   * @param {(kind: number, body: Buffer) => void} onFrame `body` may be kept.
   */
  constructor(maxBytes, onFrame) {
    this.#maxBytes = maxBytes;
    this.#onFrame = onFrame;
  }

  /**
   * Throws FrameError at a length of zero or above the limit, before any of it is held.
   *
   * @param {Buffer} chunk
   */
  push(chunk) {
    let offset = 0;
    while (offset < chunk.length) {
      offset =
        this.#frame === undefined
          ? this.#readLength(chunk, offset)
          : this.#fill(this.#frame, chunk, offset);
    }
  }

  /**
   * @param {Buffer} chunk
   * @param {number} offset
   */
  #readLength(chunk, offset) {
    const end = offset + LENGTH_BYTES - this.#lengthFilled;
    const copied = chunk.copy(this.#length, this.#lengthFilled, offset, end);
    this.#lengthFilled += copied;
    if (this.#lengthFilled < LENGTH_BYTES) return offset + copied;
    this.#lengthFilled = 0;
    return this.#startFrame(this.#length.readUInt32LE(0), chunk, offset + copied);
  }

  /**
   * @param {number} length
   * @param {Buffer} chunk
   * @param {number} offset
   */
  #startFrame(length, chunk, offset) {
    if (length < KIND_BYTES) throw new FrameError('a frame without a kind');
    if (length > this.#maxBytes) {
      throw new FrameError(`a frame of ${length} bytes; at most ${this.#maxBytes} are taken`);
    }
    // The common case, a small frame in one chunk, is handed on without a copy.
    if (chunk.length - offset >= length) {
      this.#emit(chunk.subarray(offset, offset + length));
      return offset + length;
    }
    this.#frame = Buffer.allocUnsafe(length);
    this.#frameFilled = 0;
    return offset;
  }

  /**
   * @param {Buffer} frame
   * @param {Buffer} chunk
   * @param {number} offset
   */
  #fill(frame, chunk, offset) {
    const copied = chunk.copy(frame, this.#frameFilled, offset);
    this.#frameFilled += copied;
    if (this.#frameFilled === frame.length) {
      this.#frame = undefined;
      this.#emit(frame);
    }
    return offset + copied;
  }

  /** @param {Buffer} frame */
  #emit(frame) {
    this.#onFrame(frame[0] ?? 0, frame.subarray(KIND_BYTES));
  }
}
