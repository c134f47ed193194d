/** `EVT_<p>` holds `evt.<p>`; a partition is one stream, so its order is the server's. */
export function streamName(partition: number): string {
  return `EVT_${partition}`;
}

export function eventSubject(partition: number): string {
  return `evt.${partition}`;
}

export const wakeSubjects = 'wake.*';

/** What the relays are to look at: a partition's log, or the leases. */
export type WakeTarget = number | 'leases';

export function wakeSubject(target: WakeTarget): string {
  return `wake.${target}`;
}

export function targetOfWake(subject: string): WakeTarget {
  const target = subject.slice('wake.'.length);
  return target === 'leases' ? target : Number(target);
}
