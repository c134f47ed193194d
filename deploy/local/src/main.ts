import { readConfig } from './config.ts';
import { createReport } from './report.ts';
import { type End, endAll, endOfStack } from './signals.ts';
import { startStack } from './stack/stack.ts';

const report = createReport((text) => void process.stdout.write(text));

async function main(): Promise<never> {
  const config = readConfig(process.env);
  const asked = endOfStack();
  const stack = startStack(config, report);
  const failed = stack.ready.then(
    ({ edgeUrl }) => {
      report.plain(`ready ${edgeUrl}`);
      process.send?.({ type: 'ready', http: edgeUrl });
      return asked;
    },
    (error: unknown): End => {
      process.stderr.write(`${textOf(error)}\n`);
      return { why: 'it could not start', code: 1 };
    },
  );
  return endAll(await Promise.race([asked, failed]), stack, report);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`${textOf(error)}\n`);
  process.exit(1);
});
