import { stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { testFolder } from '../supervisor/fixtures/folder.ts';
import { readStackFile, stackFilePath, writeStackFile } from './stack-file.ts';

const stack = {
  edgeUrl: 'http://127.0.0.1:8080',
  databaseUrl: 'postgres://u:p@127.0.0.1/greencloud',
  natsUrl: 'nats://127.0.0.1:4222',
  grpc: { projection: '127.0.0.1:1' },
  nodeDoor: '127.0.0.1:4',
  tls: { caFile: '/ca.pem', certFile: '/me.pem', keyFile: '/me.key.pem' },
  admin: { edge: 'http://127.0.0.1:2' },
  processes: [{ service: 'edge', replica: '0', pid: 3 }],
  tokens: { demo: 'jwt' },
  demo: { lambdaId: '64058fee9956fae80d7e0e8e' },
};

it('is read back as written, by its owner only', async () => {
  const folder = await testFolder();
  await writeStackFile(folder, stack);
  expect(await readStackFile(folder)).toEqual(stack);
  expect((await stat(stackFilePath(folder))).mode & 0o777).toBe(0o600);
});

it('is absent where no stack ever ran', async () => {
  expect(await readStackFile(await testFolder())).toBeUndefined();
});
