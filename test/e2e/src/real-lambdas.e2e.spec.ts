import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { decode, encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestClient } from './client.ts';
import { type Stack, startStack } from './stack.ts';

const lambda = (name: string) =>
  readFile(new URL(`../lambdas/${name}.mjs`, import.meta.url), 'utf8');

describe('a lambda of a stranger', () => {
  let stack: Stack;
  let api: RestClient;

  beforeAll(async () => {
    stack = await startStack({ nodes: 2 });
    api = stack.api;
  });
  afterAll(async () => {
    await stack?.stop();
  });

  it('summarises a CSV of 4,000 rows', async () => {
    const rows = Array.from({ length: 4_000 }, (_, i) => ({
      site: i % 7 === 0 ? `"Node ""${i}"", north\nhall"` : `node-${i}`,
      watts: ((i * 7919) % 1009) / 10,
      tasks: (i * 31) % 97,
    }));
    const csv = `site,watts,tasks\n${rows.map((r) => `${r.site},${r.watts},${r.tasks}`).join('\n')}\n`;
    const lambdaId = await api.createLambda('csvSummary', await lambda('csv-summary'));

    const answer = await api.result(await api.issue(lambdaId, csv));

    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      rows: 4_000,
      columns: {
        watts: summary(rows.map((r) => r.watts)),
        tasks: summary(rows.map((r) => r.tasks)),
      },
    });
  });

  it('halves an image', async () => {
    const image = gradient(160, 120);
    const file = Buffer.from(encode(image));
    const lambdaId = await api.createLambda('pngHalve', await lambda('png-halve'));

    const answer = await api.result(await api.issue(lambdaId, file.toString('base64')));

    const got = answer.json<{ sha256: string; width: number; height: number; png: string }>();
    expect(got).toMatchObject({
      sha256: createHash('sha256').update(file).digest('hex'),
      width: 80,
      height: 60,
    });
    const small = decode(Buffer.from(got.png, 'base64'));
    expect(small.data).toEqual(halved(image));
  });

  it('tells its progress on the way', async () => {
    const lambdaId = await api.createLambda('slowCount', await lambda('slow-count'));
    const id = await api.issue(lambdaId, JSON.stringify({ steps: 10, everyMs: 200 }));

    const answer = await api.result(id);

    expect(answer.json()).toEqual({ counted: 10, attempt: 1 });
    const events = await api.history(id);
    const percents = events.flatMap((e) => e.progress ?? []);
    expect(percents[0]).toBe(0);
    expect(percents.length).toBeGreaterThan(3);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  });
});

function summary(numbers: number[]) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const sum = numbers.reduce((a, b) => a + b);
  const [low, high] = [sorted[1_999] ?? Number.NaN, sorted[2_000] ?? Number.NaN];
  return {
    count: 4_000,
    sum,
    min: Math.min(...numbers),
    max: Math.max(...numbers),
    mean: sum / 4_000,
    median: (low + high) / 2,
  };
}

interface Rgb {
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
  readonly data: Uint8Array;
}

function gradient(width: number, height: number): Rgb {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    data.set([(x * 3) % 256, (y * 5) % 256, (x * y) % 256], i * 3);
  }
  return { width, height, channels: 3, data };
}

function halved(image: Rgb): Uint8Array {
  const [width, height] = [image.width / 2, image.height / 2];
  const out = new Uint8Array(width * height * 3);
  const at = (x: number, y: number, c: number) => image.data[(y * image.width + x) * 3 + c] ?? 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const top = at(2 * x, 2 * y, c) + at(2 * x + 1, 2 * y, c);
        const bottom = at(2 * x, 2 * y + 1, c) + at(2 * x + 1, 2 * y + 1, c);
        out[(y * width + x) * 3 + c] = Math.round((top + bottom) / 4);
      }
    }
  }
  return out;
}
