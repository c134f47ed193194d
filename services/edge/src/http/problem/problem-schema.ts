import { z } from 'zod';

const zFieldError = z.strictObject({
  pointer: z.string().meta({
    description:
      'JSON pointer (RFC 6901) into the body, or `/name` of a parameter or header; `""`: the whole.',
    examples: ['/timeout'],
  }),
  detail: z.string().meta({ examples: ['must be at least 10 seconds'] }),
});

/** RFC 9457, with the members of ours after the standard ones. */
export const zProblem = z
  .strictObject({
    type: z.string().meta({
      description: 'The code as a URN.',
      examples: ['urn:greencloud:problem:validation-failed'],
    }),
    title: z.string().meta({ description: 'The same for each problem of this code.' }),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'About this occurrence, for people.' }),
    instance: z.string().meta({ description: 'The pattern of the route.' }),
    code: z.string().meta({ description: 'What programs should look at.' }),
    requestId: z.string().meta({
      description: 'As in `X-Request-Id`; tell it to whoever runs the service.',
    }),
    errors: z.array(zFieldError).meta({
      description: 'One for each wrong member, all at once, at most 50; usually empty.',
    }),
  })
  .meta({ id: 'Problem', description: 'An answer that is no success (RFC 9457).' });

export type Problem = Readonly<z.infer<typeof zProblem>>;
