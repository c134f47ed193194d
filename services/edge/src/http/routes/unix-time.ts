import { z } from 'zod';

/** Unix milliseconds as the contract's decimal string of seconds; "" for what has not happened. */
export function unixSeconds(milliseconds: number): string {
  return milliseconds === 0 ? '' : String(Math.floor(milliseconds / 1_000));
}

/** Such a string in an answer. */
export function zUnixSeconds(description: string) {
  return z
    .string()
    .regex(/^\d*$/)
    .meta({
      description: `${description} Unix seconds; \`""\`: not yet.`,
      examples: ['1678087212'],
    });
}
