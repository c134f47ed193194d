import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { getuid, pid } from 'node:process';
import { describe, expect, it } from 'vitest';
import { attempt, withoutPermissions } from './hostile-lambda-fixtures.ts';
import { answerOf, isolationKinds, placeFor } from './sandbox-fixtures.ts';

describe.each(isolationKinds)('a hostile lambda in %s isolation', (kind) => {
  const place = placeFor(kind);

  it(`${kind === 'namespace' ? 'cannot' : 'can (only bubblewrap guards it)'} reach the network`, async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.end('hello');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const code = attempt(`const socket = net.connect(${port}, '127.0.0.1');
      return new Promise((resolve, reject) => socket.on('data', (d) => resolve(String(d))).on('error', reject))`);
    const answer = await answerOf(place, code);
    server.close();
    if (kind === 'process') expect([answer, connections]).toEqual(['hello', 1]);
    else expect([answer, connections]).toEqual([{ refused: expect.any(String) }, 0]);
  });

  if (kind === 'namespace')
    it('sees no other process and cannot signal one', async () => {
      const code = attempt(`
      const probe = (id) => { try { return process.kill(id, 0) } catch (error) { return error.code } };
      return { agent: probe(${pid}), pid: process.pid, proc: fs.existsSync('/proc') }`);
      const answer = await answerOf(place, code, withoutPermissions);
      expect(answer).toEqual({ agent: 'ESRCH', pid: expect.any(Number), proc: false });
      expect((answer as { pid: number }).pid).toBeLessThan(10);
    });

  if (kind === 'process' && getuid?.() === 0)
    it('cannot signal the agent', async () => {
      const code = attempt(`return process.kill(${pid}, 0)`);
      expect(await answerOf(place, code)).toEqual({ refused: 'EPERM' });
    });

  it('leaves no file descriptor of the agent open to it', async () => {
    const code = attempt(`const open = []; for (let fd = 0; fd < 64; fd++) {
      try { const s = fs.fstatSync(fd); if (s.isFile()) open.push(fd) } catch {} } return open`);
    expect(await answerOf(place, code)).toEqual([]);
  });
});
