const dayMs = 86_400_000;

/** Unix ms. Days are UTC: a token says nothing of the caller's clock. */
export function startOfDay(now: number): number {
  return now - (now % dayMs);
}
