const names = new Map<string, string>();

/**
 * A statement that each connection parses and plans once, by its name. Worth it for those of every
 * batch: planning the write of a batch took longer than its execution.
 */
export function prepared(name: string, text: string): string {
  names.set(text, name);
  return text;
}

/** Undefined for what was not `prepared`. */
export function nameOf(text: string): string | undefined {
  return names.get(text);
}
