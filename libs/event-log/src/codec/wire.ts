// The wire format of protobuf, as far as an event's envelope needs it.
// https://protobuf.dev/programming-guides/encoding/
const varintType = 0;
const lengthDelimited = 2;

/** Of a whole number of at most 2^53, without its tag. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

/** With its length, without its tag. */
export function stringBytes(value: string): number {
  const bytes = Buffer.byteLength(value);
  return varintBytes(bytes) + bytes;
}

export function writeVarint(into: Buffer, at: number, field: number, value: number): number {
  into[at] = (field << 3) | varintType;
  return putVarint(into, at + 1, value);
}

export function writeString(into: Buffer, at: number, field: number, value: string): number {
  into[at] = (field << 3) | lengthDelimited;
  const start = putVarint(into, at + 1, Buffer.byteLength(value));
  return start + into.write(value, start);
}

export function writeBytes(into: Buffer, at: number, field: number, value: Uint8Array): number {
  into[at] = (field << 3) | lengthDelimited;
  const start = putVarint(into, at + 1, value.byteLength);
  into.set(value, start);
  return start + value.byteLength;
}

function putVarint(into: Buffer, at: number, value: number): number {
  let rest = value;
  let next = at;
  while (rest >= 128) {
    into[next] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
    next += 1;
  }
  into[next] = rest;
  return next + 1;
}
