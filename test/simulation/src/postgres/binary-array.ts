type Read = (element: Buffer) => unknown;

/** By the oid of the element's type. */
const readers: Readonly<Record<number, Read>> = {
  16: (element) => element.readUInt8() === 1,
  17: (element) => Buffer.from(element),
  20: (element) => element.readBigInt64BE(),
  21: (element) => element.readInt16BE(),
  23: (element) => element.readInt32BE(),
  25: (element) => element.toString(),
  2950: (element) => uuidOf(element.toString('hex')),
};

const headerBytes = 20;

/** What Postgres reads from an array in binary (`array_recv`). */
export function readBinaryArray(array: Buffer): readonly unknown[] {
  const read = readers[array.readInt32BE(8)];
  if (read === undefined) throw new Error(`no reader for oid ${array.readInt32BE(8)}`);
  let offset = headerBytes;
  return Array.from({ length: array.readInt32BE(12) }, () => {
    const size = array.readInt32BE(offset);
    const start = offset + 4;
    offset = start + Math.max(0, size);
    return size < 0 ? null : read(array.subarray(start, offset));
  });
}

/** Arrays of one length, as the rows that `unnest` makes of them. */
export function unnest(arrays: readonly unknown[]): readonly unknown[][] {
  const columns = arrays.map((array) => readBinaryArray(array as Buffer));
  return (columns[0] ?? []).map((_, index) => columns.map((column) => column[index]));
}

function uuidOf(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
