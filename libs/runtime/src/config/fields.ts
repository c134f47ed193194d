import { z } from 'zod';
import { parseAddress } from './address.ts';

/** A decimal integer within bounds, given as text. */
export function zInteger(bounds: { min: number; max: number }): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^-?\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine(
      (value) => value >= bounds.min && value <= bounds.max,
      `must be ${bounds.min}..${bounds.max}`,
    );
}

/** 0..65535; 0 takes a free port. */
export const zPort = zInteger({ min: 0, max: 65_535 });

/** A duration in whole milliseconds, at most one day. */
export const zMilliseconds = zInteger({ min: 0, max: 86_400_000 });

/** `host:port` or `[ipv6]:port`, kept as text. */
export const zAddress = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, 'must be host:port');

/** One `host:port`, or several with commas between, kept as text. */
export const zAddresses = z
  .string()
  .refine(
    (text) => text.split(',').every((one) => parseAddress(one.trim()) !== undefined),
    'must be host:port, or several with commas between',
  );

const YES = ['true', '1', 'yes', 'on'];
const NO = ['false', '0', 'no', 'off'];

/** true, 1, yes, on / false, 0, no, off. */
export const zBoolean = z
  .string()
  .toLowerCase()
  .refine((text) => YES.includes(text) || NO.includes(text), 'must be true or false')
  .transform((text) => YES.includes(text));

/** Values with commas between; blanks around them are dropped, and so are empty ones. */
export const zList = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** A URL with one of the given schemes (`postgres:`, `nats:`), kept as text. */
export function zUrl(...schemes: string[]): z.ZodType<string, string> {
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
      `must be a ${schemes.join(' or ')} URL`,
    );
}

export const zLogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);
