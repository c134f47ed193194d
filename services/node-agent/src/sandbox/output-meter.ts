/** What one task may print, console and context.log together. */
export const MAX_OUTPUT_BYTES = 1_048_576;
/** What is kept of it, from the start and from the end: enough for a log line and a crash report. */
const KEPT_BYTES = 8_192;

/** Counts what a sandbox prints and keeps a little of it. */
export class OutputMeter {
  #bytes = 0;
  #kept: Buffer[] = [];
  #keptBytes = 0;

  /** Above the limit the output is a flood, and its writer should be stopped. */
  add(chunk: Buffer): 'within' | 'flood' {
    this.#bytes += chunk.length;
    this.#keep(chunk);
    return this.#bytes > MAX_OUTPUT_BYTES ? 'flood' : 'within';
  }

  /** The end of what was printed since the last `restart`. */
  get tail(): string {
    // Asked after each task, and most print nothing.
    return this.#bytes === 0 ? '' : Buffer.concat(this.#kept).toString('utf8');
  }

  restart(): void {
    if (this.#bytes === 0) return;
    this.#bytes = 0;
    this.#kept = [];
    this.#keptBytes = 0;
  }

  // Copied: a slice would keep the whole 64 KiB chunk alive for a few bytes.
  #keep(chunk: Buffer): void {
    const part = Buffer.from(chunk.subarray(-KEPT_BYTES));
    this.#kept.push(part);
    this.#keptBytes += part.length;
    while (this.#keptBytes - (this.#kept[0]?.length ?? 0) >= KEPT_BYTES) {
      this.#keptBytes -= this.#kept.shift()?.length ?? 0;
    }
  }
}
