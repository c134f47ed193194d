import type { TaskEvent, TaskState } from '@greencloud/domain';

/**
 * Why the rules never write this event in this state; undefined when they do. `evolve` looks only
 * for what it could not fold; here it is also whether the fence held and attempts rose by one.
 */
export function refusalOf(state: TaskState, event: TaskEvent): string | undefined {
  if (event.type === 'TaskIssued') return state.status === 'unknown' ? undefined : 'issued twice';
  if (state.status === 'unknown') return `begins with ${event.type}`;
  if (state.status === 'finished') return `${event.type} after its finish`;
  const held = state.status !== 'issued';
  const ofNow = event.attempt === state.attempt;
  switch (event.type) {
    case 'TaskAssigned':
      if (held) return `assigned while attempt ${state.attempt} is held`;
      return event.attempt === state.attempt + 1 ? undefined : attempts(event, state.attempt);
    case 'TaskProgressed':
      if (state.status === 'running' && event.percent <= state.percent) {
        return `progress ${event.percent} after ${state.percent}`;
      }
      return held && ofNow ? undefined : attempts(event, state.attempt);
    case 'TaskReleased':
      return held && ofNow ? undefined : attempts(event, state.attempt);
    case 'TaskFinished':
      return ofNow && (held || withoutNode.has(event.outcome))
        ? undefined
        : attempts(event, state.attempt);
    default:
      return event satisfies never;
  }
}

const withoutNode: ReadonlySet<string> = new Set(['cancelled', 'expired']);

function attempts({ type, attempt }: { type: string; attempt: number }, present: number): string {
  return `${type} of attempt ${attempt}, which is not held; the last one is ${present}`;
}
