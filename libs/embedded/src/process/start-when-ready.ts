import { type ServerCommand, type ServerProcess, startServer } from './server-process.ts';

export type StartOutcome =
  | { kind: 'ready'; server: ServerProcess }
  | { kind: 'ended'; lastLines: string };

/** Enough for a server's own account of why it gives up. */
const LINES_KEPT = 20;

/**
 * Starts a server and waits for the line of its log that says it serves. A server that ends first
 * gives its last lines; past `limitMs` it is killed, which gives them too.
 */
export async function startWhenReady(
  command: ServerCommand,
  readyText: string,
  limitMs: number,
): Promise<StartOutcome> {
  const lines: string[] = [];
  const said = Promise.withResolvers<'said'>();
  const server = await startServer({
    ...command,
    onLine: (line) => {
      if (lines.push(line) > LINES_KEPT) lines.shift();
      if (line.includes(readyText)) said.resolve('said');
      command.onLine(line);
    },
  });
  const limit = setTimeout(() => server.kill('SIGKILL'), limitMs);
  const first = await Promise.race([said.promise, server.exited]);
  clearTimeout(limit);
  if (first === 'said') return { kind: 'ready', server };
  await server.outputEnded;
  return { kind: 'ended', lastLines: lines.join('\n') };
}
