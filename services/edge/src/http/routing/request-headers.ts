import type { z } from 'zod';
import type { Exchange } from './exchange.ts';
import { parseInput } from './input.ts';

/** The headers that a schema names, under its names. Throws `INVALID_PARAMETER`. */
export function headersOf<H>(
  schema: z.ZodObject & z.ZodType<H>,
  exchange: Pick<Exchange, 'header'>,
): H {
  const names = Object.keys(schema.shape);
  const headers = Object.fromEntries(
    names.map((name) => [name, exchange.header(name.toLowerCase())]),
  );
  return parseInput<H>(schema, headers, 'INVALID_PARAMETER');
}
