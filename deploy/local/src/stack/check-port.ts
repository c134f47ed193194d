import { type PortState, portState } from '@greencloud/embedded';

const PROBLEM: Record<Exclude<PortState, 'free'>, string> = {
  taken: 'is taken by another program, perhaps by a stack that runs',
  forbidden: 'may be taken by root only',
};

/** The one port that the user chooses; a clear word now is better than a failed edge later. */
export async function checkPort(port: number): Promise<void> {
  const state = await portState(port);
  if (state === 'free') return;
  throw new Error(`port ${port} ${PROBLEM[state]}: set PORT to a free one`);
}
