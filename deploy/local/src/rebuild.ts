import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readConfig } from './config.ts';
import { inRepository } from './repository.ts';
import { tlsEnv } from './services/service-env.ts';
import { dataFolders } from './stack/data-folders.ts';
import { readStackFile } from './stack/stack-file.ts';

try {
  const config = readConfig(process.env);
  const stack = await readStackFile(config.dataDir);
  if (stack === undefined) throw new Error(`no stack runs on ${config.dataDir}: npm start`);
  const entry = inRepository('services/projection/src/rebuild.ts');
  const args = ['--conditions=@greencloud/source', entry, ...process.argv.slice(2)];
  const env = {
    ...config.passed,
    GC_DATABASE_URL: stack.databaseUrl,
    GC_TASK_COMMAND_ADDRESS: stack.grpc['task-command'],
    ...tlsEnv(dataFolders(config.dataDir).tls, 'projection'),
  };
  const child = spawn(process.execPath, args, { env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  process.exitCode = typeof code === 'number' ? code : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
