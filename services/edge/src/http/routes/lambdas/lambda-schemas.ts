import { z } from 'zod';
import { zHex24 } from '../ids.ts';

const repositorySchemes = new Set(['https:', 'http:', 'ssh:', 'git:']);

/** What a caller may say of a lambda. */
export const lambdaMembers = {
  name: z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'must be 1 to 64 letters and digits'),
  description: z
    .string()
    .regex(/^[\x20-\x7e]{0,80}$/, 'must be at most 80 printable ASCII characters'),
  tag: z
    .array(z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters'))
    .max(32, 'must be at most 32 tags'),
  scmUrl: z
    .string()
    .max(2_048, 'must be at most 2048 characters')
    .refine(isRepositoryUrl, 'must be an http, https, ssh or git URL'),
};

export const zLanguage = z.enum(['go', 'py', 'js', 'cs', 'rb']);
export const zLambdaType = z.enum(['docker', 'module']);

/** What the lambda demands; a member that is left out sets no demand. */
export const zDemands = z.strictObject({
  timeout: wholeNumber({ min: 10, max: 120 }).optional(),
  cpuCount: wholeNumber({ min: 0, max: 4 }).optional(),
  memSize: wholeNumber({ min: 0, max: 2_048 }).optional(),
  networkLatency: wholeNumber({ min: 0, max: 0xffff_ffff }).optional(),
  privileged: z.boolean().optional(),
});

export const zLambda = z.strictObject({
  id: zHex24,
  name: z.string(),
  description: z.string(),
  tag: z.array(z.string()),
  scmUrl: z.string(),
  lang: z.string(),
  type: z.string(),
  paused: z.boolean(),
  codeVersion: z.string(),
  capabilities: zDemands,
  created: z.string(),
  updated: z.string(),
});

function wholeNumber({ min, max }: { min: number; max: number }) {
  const words = `must be a whole number, ${min} to ${max}`;
  return z.number().int(words).min(min, words).max(max, words);
}

// No `javascript:` and `data:`: somebody's page will make a link of it.
function isRepositoryUrl(text: string): boolean {
  return URL.canParse(text) && repositorySchemes.has(new URL(text).protocol);
}
