import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

const script = `
  const urls = process.argv.slice(1);
  await Promise.all(urls.map((url) => fetch(url).then((it) => it.text())));
  console.log('done');
  setInterval(() => {}, 1000);`;

/** Somebody from outside of the release, a user or Prometheus: a process whose connections stand. */
export async function visit(urls: readonly string[]): Promise<{ pid: number; leave(): void }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, ...urls], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the visitor failed')));
  await Promise.race([once(child.stdout, 'data'), ended]);
  ended.catch(() => undefined);
  return { pid: child.pid ?? 0, leave: () => child.kill() };
}
