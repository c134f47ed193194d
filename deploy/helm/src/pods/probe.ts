import { credentials, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import type { Probe } from './pod-manifest.ts';
import type { RunningPod } from './start-pod.ts';

const Health = loadPackageDefinition({ Health: service })['Health'] as ServiceClientConstructor;

/** One try, as a kubelet makes it. */
export async function probeOnce({ pod, address }: RunningPod, probe: Probe): Promise<boolean> {
  if (probe.grpc !== undefined) return serving(`${address}:${probe.grpc.port}`);
  const { path = '', port = '' } = probe.httpGet ?? {};
  const number = pod.container.ports?.find(({ name }) => name === port)?.containerPort;
  const url = `http://${address}:${number}${path}`;
  const answer = fetch(url, { signal: AbortSignal.timeout(2_000) });
  return answer.then(
    ({ ok }) => ok,
    () => false,
  );
}

function serving(address: string): Promise<boolean> {
  const client = new Health(address, credentials.createInsecure());
  return new Promise((resolve) => {
    const deadline = Date.now() + 2_000;
    client['check']?.(
      { service: '' },
      { deadline },
      (error: unknown, answer: { status: string }) => {
        client.close();
        resolve(error === null && answer.status === 'SERVING');
      },
    );
  });
}
