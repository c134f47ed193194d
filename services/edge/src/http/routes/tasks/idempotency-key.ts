import { z } from 'zod';

/** The draft of the HTTP header field leaves the form open; ours is 1..255 visible ASCII characters. */
export const zIdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
  .optional()
  .meta({
    description: 'Chosen by the caller, the same for each try of one create.',
    examples: ['0f0e3a9c-5f0e-4a53-9b3a-0a5f5d5a7c11'],
  });
