import { z } from 'zod';
import { zCodeVersionOut, zLambdaIdOut } from '../ids.ts';
import { zUnixSeconds } from '../unix-time.ts';

const repositorySchemes = new Set(['https:', 'http:', 'ssh:', 'git:']);

export const zTag = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters');

/** What a caller may say of a lambda. */
export const lambdaMembers = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9]{1,64}$/, 'must be 1 to 64 letters and digits')
    .meta({ examples: ['textStatistics'] }),
  description: z
    .string()
    .regex(/^[\x20-\x7e]{0,80}$/, 'must be at most 80 printable ASCII characters')
    .meta({ examples: ['Counts words'] }),
  tag: z
    .array(zTag)
    .max(16, 'must be at most 16 tags')
    .meta({ description: 'To find it again.', examples: [['text', 'demo']] }),
  scmUrl: z
    .string()
    .max(2_048, 'must be at most 2048 characters')
    .refine(isRepositoryUrl, 'must be an http, https, ssh or git URL')
    .meta({
      description: 'Where its source lives: an http, https, ssh or git URL.',
      format: 'uri',
      examples: ['https://git.example/text.git'],
    }),
};

export const zLanguage = z
  .enum(['go', 'py', 'js', 'cs', 'rb'])
  .meta({ id: 'LambdaLanguage', description: 'Code can be uploaded for `js` only.' });

export const zLambdaType = z
  .enum(['docker', 'module'])
  .meta({ id: 'LambdaType', description: '`module`: one ES module; its code is uploaded here.' });

/** What the lambda demands; a member that is left out sets no demand. */
export const zDemands = z
  .strictObject({
    timeout: wholeNumber({ min: 10, max: 120 }, 'The timeout that is usual, in seconds.'),
    cpuCount: wholeNumber({ min: 0, max: 4 }, 'Cores.'),
    memSize: wholeNumber({ min: 0, max: 2_048 }, 'MiB.'),
    networkLatency: wholeNumber({ min: 0, max: 0x7fff_ffff }, 'At most so many ms; 0: any.'),
    privileged: z
      .boolean()
      .optional()
      .meta({ description: 'Whether only a privileged node will do.' }),
  })
  .meta({ id: 'LambdaCapabilities', description: 'What a lambda demands of a node.' });

export const zLambda = z
  .strictObject({
    id: zLambdaIdOut,
    name: z.string(),
    description: z.string(),
    tag: z.array(z.string()),
    scmUrl: z.string().meta({ description: '`""`: none.' }),
    lang: zLanguage,
    type: zLambdaType,
    paused: z.boolean().meta({ description: 'A paused lambda takes no new tasks.' }),
    codeVersion: z
      .union([zCodeVersionOut, z.literal('')])
      .meta({ description: 'What a task that is issued now will run; `""`: no code yet.' }),
    capabilities: zDemands,
    created: zUnixSeconds('When it was made.'),
    updated: zUnixSeconds('When it was last changed.'),
  })
  .meta({ id: 'Lambda' });

export const zNewLambdaId = z.strictObject({ id: zLambdaIdOut }).meta({ id: 'LambdaReference' });

function wholeNumber({ min, max }: { min: number; max: number }, description: string) {
  const words = `must be a whole number, ${min} to ${max}`;
  return z.number().int(words).min(min, words).max(max, words).optional().meta({ description });
}

// No `javascript:` and `data:`: somebody's page will make a link of it.
function isRepositoryUrl(text: string): boolean {
  return URL.canParse(text) && repositorySchemes.has(new URL(text).protocol);
}
