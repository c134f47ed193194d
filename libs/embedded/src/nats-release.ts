import type { OnLine } from './lines.ts';
export type NatsRelease = { kind: 'found'; path: string } | { kind: 'missing'; reason: string };
export async function cachedNatsServer(_cacheDir: string, _onLine: OnLine): Promise<NatsRelease> {
  return { kind: 'missing', reason: 'not built yet' };
}
