import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = `
  import { createLogger } from ${JSON.stringify(new URL('logger.ts', import.meta.url).href)};
  const logger = createLogger({ service: 'test', replica: 'test-1', level: 'info' });
  const secrets = { authorization: 'Bearer hunter2', token: 'hunter2', password: 'hunter2' };
  logger.info({ ...secrets, headers: secrets, node: { credentials: { secret: 'hunter2' } } }, 'hello');
  logger.debug('not shown');
  logger.error({ err: new Error('broken') }, 'failed');
`;

it('writes JSON lines without secrets', async () => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', PROGRAM]);
  expect(stdout).not.toContain('hunter2');
  const [hello, failed, ...rest] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rest).toEqual([]);
  expect(hello).toMatchObject({ level: 'info', service: 'test', replica: 'test-1', msg: 'hello' });
  expect(failed.err.stack).toContain('Error: broken');
});
