import type { Finding } from '../check/finding.ts';
import type { Evidence } from '../history/evidence.ts';

const SHOWN = 5;

/** All that is known of the first tasks that a violation names: the folder of the run is gone then. */
export function storiesOf({ log, operations }: Evidence, findings: readonly Finding[]): string {
  const texts = findings.flatMap(({ violations }) => violations);
  const ids = new Set(texts.flatMap((text) => /\b[0-9a-f]{24}\b/.exec(text)?.[0] ?? []));
  return [...ids]
    .slice(0, SHOWN)
    .flatMap((id) => [
      `task ${id}`,
      ...log.filter(({ taskId }) => taskId === id).map(lineOf),
      ...operations.filter((operation) => lineOf(operation).includes(id)).map(lineOf),
    ])
    .join('\n');
}

function lineOf(thing: unknown): string {
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
  return `  ${JSON.stringify(thing, plain)}`;
}
