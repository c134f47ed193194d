import type { RecordedEvent } from '@greencloud/event-log';

/** Puts live events and the history together: each version once, in order, none left out. */
export interface VersionJoin {
  /** Takes one event as it comes from NATS; `gap` asks for the history. */
  live(event: RecordedEvent): 'kept' | 'known' | 'gap';
  history(events: readonly RecordedEvent[]): void;
  /** What can be told now, in order. */
  take(): RecordedEvent[];
  readonly state: 'open' | 'finished';
}

export function createVersionJoin(after: number): VersionJoin {
  let next = after + 1;
  let ready: RecordedEvent[] = [];
  let state: 'open' | 'finished' = 'open';
  const keep = (recorded: RecordedEvent) => {
    if (recorded.event.type === 'TaskFinished') state = 'finished';
    if (recorded.version !== next) return;
    ready.push(recorded);
    next += 1;
  };
  return {
    live(recorded) {
      if (recorded.version < next) return 'known';
      if (recorded.version > next) return 'gap';
      keep(recorded);
      return 'kept';
    },
    history: (events) => events.forEach(keep),
    take() {
      const taken = ready;
      ready = [];
      return taken;
    },
    get state() {
      return state;
    },
  };
}
