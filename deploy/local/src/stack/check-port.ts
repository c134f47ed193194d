import { portState } from '@greencloud/embedded';

/** The one port that the user chooses; a clear word now is better than a failed edge later. */
export async function checkPort(port: number): Promise<void> {
  if ((await portState(port)) === 'free') return;
  throw new Error(
    `port ${port} is taken by another program (or a running stack): set PORT to a free one`,
  );
}
