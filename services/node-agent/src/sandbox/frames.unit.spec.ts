import { describe, expect, it } from 'vitest';
import { allocateFrame, FrameReader } from './runner/frames.mjs';
import {
  decodeSandboxMessage,
  encodeAnswer,
  encodeProgress,
  encodeTrouble,
} from './runner/from-sandbox.mjs';
import { decodeExecute, encodeExecute } from './runner/to-sandbox.mjs';

function framesOf(chunks: Buffer[], maxBytes = 1_000) {
  const frames: [number, string][] = [];
  const reader = new FrameReader(maxBytes, (kind, body) => frames.push([kind, body.toString()]));
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

function frameOf(kind: number, text: string): Buffer {
  const { frame, offset } = allocateFrame(kind, Buffer.byteLength(text));
  frame.write(text, offset);
  return frame;
}

describe('the frames between agent and sandbox', () => {
  const stream = Buffer.concat([frameOf(1, 'one'), frameOf(2, ''), frameOf(3, 'x'.repeat(900))]);
  const frames = [
    [1, 'one'],
    [2, ''],
    [3, 'x'.repeat(900)],
  ];

  it.each([1, 2, 3, 5, 7, 64, 4_096])('come out the same in chunks of %d bytes', (size) => {
    const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
      stream.subarray(index * size, (index + 1) * size),
    );
    expect(framesOf(chunks)).toEqual(frames);
  });

  it('are refused above the limit before they are held', () => {
    const announced = Buffer.from([0xe9, 3, 0, 0]);
    expect(() => framesOf([announced])).toThrow('a frame of 1001 bytes; at most 1000 are taken');
    expect(framesOf([frameOf(1, 'x'.repeat(999))])).toHaveLength(1);
  });
});

describe('the messages between agent and sandbox', () => {
  function received(frame: Buffer) {
    return decodeSandboxMessage(frame[4] ?? 0, frame.subarray(5));
  }

  it('carry a request unchanged', () => {
    const execute = {
      number: 4_294_967_295,
      taskId: '64058fee9956fae80d7e0e8e',
      attempt: 2,
      deadline: 1_790_000_000_123.5,
      contentType: 'text/plain; charset=utf-8',
      body: Buffer.from([0, 1, 255]),
    };
    expect(decodeExecute(encodeExecute(execute).subarray(5))).toEqual(execute);
  });

  it('carry an answer, a failure and a progress unchanged', () => {
    const answer = { status: 201, contentType: 'a/b', body: Buffer.from('x') };
    expect(received(encodeAnswer(7, answer))).toEqual({ kind: 'answer', number: 7, answer });
    expect(received(encodeProgress(7, 100))).toEqual({ kind: 'progress', number: 7, percent: 100 });
    const failure = { kind: 'failure', number: 7, detail: 'é'.repeat(1_024) };
    expect(received(encodeTrouble('failure', 7, 'é'.repeat(2_000)))).toEqual(failure);
  });

  it('are refused when any part of them is cut off', () => {
    const whole = encodeAnswer(7, { status: 201, contentType: 'abc', body: Buffer.alloc(0) });
    for (let length = 5; length < whole.length; length += 1) {
      expect(() => received(whole.subarray(0, length))).toThrow();
    }
  });
});
