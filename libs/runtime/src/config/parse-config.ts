import type { z } from 'zod';

const SECRET_NAME = /TOKEN|KEY|SECRET|PASSWORD|URL/;

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything wrong with the environment, at once. Values of secret variables are never shown. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`invalid configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * The environment as a frozen object. An empty variable counts as not set, because a chart or a
 * compose file cannot leave one out. Throws one ConfigError naming every bad variable.
 */
export function parseConfig<S extends z.ZodType>(
  schema: S,
  env: Environment,
): Readonly<z.infer<S>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new ConfigError(parsed.error.issues.map((issue) => problemOf(issue, given)));
}

function problemOf(issue: z.core.$ZodIssue, env: Environment): string {
  const variable = String(issue.path[0] ?? 'configuration');
  const value = env[variable];
  if (value === undefined) return `${variable} is not set (${issue.message})`;
  const shown = SECRET_NAME.test(variable)
    ? 'its value is not shown'
    : `got ${JSON.stringify(value)}`;
  return `${variable}: ${issue.message}, ${shown}`;
}
