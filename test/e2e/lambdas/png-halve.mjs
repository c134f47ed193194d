// Halves an 8-bit RGB PNG (base64 in, base64 out): every pixel is the mean of four.
import { createHash } from 'node:crypto';
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunksOf(png) {
  if (!png.subarray(0, 8).equals(signature)) throw new Error('The payload is not a PNG');
  const chunks = [];
  for (let at = 8; at < png.length; ) {
    const size = png.readUInt32BE(at);
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + size),
    });
    at += size + 12;
  }
  return chunks;
}

function paeth(a, b, c) {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

const predict = [() => 0, (a) => a, (_, b) => b, (a, b) => (a + b) >> 1, paeth];

function unfilter(raw, width, height) {
  const stride = width * 3;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const guess = predict[raw[y * (stride + 1)]];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const a = x >= 3 ? pixels[at - 3] : 0;
      const b = y > 0 ? pixels[at - stride] : 0;
      const c = x >= 3 && y > 0 ? pixels[at - stride - 3] : 0;
      pixels[at] = raw[y * (stride + 1) + 1 + x] + guess(a, b, c);
    }
  }
  return pixels;
}

function decode(png) {
  const chunks = chunksOf(png);
  const header = chunks.find((chunk) => chunk.type === 'IHDR').data;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (header[8] !== 8 || header[9] !== 2) throw new Error('Only 8-bit RGB is supported');
  const data = Buffer.concat(
    chunks.filter((chunk) => chunk.type === 'IDAT').map((chunk) => chunk.data),
  );
  return { width, height, pixels: unfilter(inflateSync(data), width, height) };
}

function halve({ width, height, pixels }) {
  const small = { width: width >> 1, height: height >> 1 };
  const out = Buffer.alloc(small.width * small.height * 3);
  const at = (x, y, channel) => pixels[(y * width + x) * 3 + channel];
  for (let i = 0; i < out.length; i++) {
    const channel = i % 3;
    const x = 2 * (Math.floor(i / 3) % small.width);
    const y = 2 * Math.floor(i / 3 / small.width);
    const sum =
      at(x, y, channel) + at(x + 1, y, channel) + at(x, y + 1, channel) + at(x + 1, y + 1, channel);
    out[i] = Math.round(sum / 4);
  }
  return { ...small, pixels: out };
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

function encode({ width, height, pixels }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const stride = width * 3;
  const raw = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y++)
    pixels.copy(raw, y * (stride + 1) + 1, y * stride, (y + 1) * stride);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export default async (request, context) => {
  const png = Buffer.from(await request.text(), 'base64');
  const image = decode(png);
  context.progress(50);
  const small = halve(image);
  return {
    sha256: createHash('sha256').update(png).digest('hex'),
    width: small.width,
    height: small.height,
    png: encode(small).toString('base64'),
  };
};
