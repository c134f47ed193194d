import type { Draft } from './draft.ts';

interface Stream {
  readonly commandIds: Set<string>;
  next: number;
  state: 'whole' | 'broken';
}

/**
 * The drafts that cannot go in one statement with those before them: a command for the second time,
 * a version that does not follow, and what stands behind such a one in its stream. Decided again,
 * they find in the log what the others have made of it.
 */
export function heldBack(drafts: readonly Draft[]): ReadonlySet<Draft> {
  const held = new Set<Draft>();
  const streams = new Map<string, Stream>();
  for (const draft of drafts) {
    const { taskId, commandId, expectedVersion } = draft;
    const stream = streams.get(taskId) ?? begin(draft);
    streams.set(taskId, stream);
    const follows = expectedVersion === stream.next && !stream.commandIds.has(commandId);
    if (stream.state === 'broken' || !follows) {
      stream.state = 'broken';
      held.add(draft);
    }
    stream.next += 1;
    stream.commandIds.add(commandId);
  }
  return held;
}

function begin({ expectedVersion }: Draft): Stream {
  return { commandIds: new Set(), next: expectedVersion, state: 'whole' };
}
