import type { Evidence } from '../../history/evidence.ts';
import type { Operation } from '../../history/operation.ts';
import { logOf, sound } from '../evidence-fixture.ts';

/** A history that one planted fault would leave behind, and the invariant that it breaks. */
export type PlantedFault = {
  readonly fault: string;
  readonly change: Partial<Evidence>;
  readonly breaks: RegExp;
};

/** Of the one task, after its issue. */
export const log = (...events: Parameters<typeof logOf>[1]) => logOf('t1', events);

export const oneMore = (operation: Operation) => [...sound.operations, operation];
