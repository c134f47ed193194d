/** Emits one result as it comes. */
export type Emit = (kind: string, members: Readonly<Record<string, unknown>>) => void;

/** One JSON line on stdout for each result, `kind` first; or nothing, where tables are enough. */
export function jsonLines(output: 'tables' | 'lines-and-tables'): Emit {
  if (output === 'tables') return () => undefined;
  return (kind, members) => {
    process.stdout.write(`${JSON.stringify({ kind, ...members }, toThousandths)}\n`);
  };
}

function toThousandths(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
