/** Unix milliseconds as the contract's decimal string of seconds; "" for what has not happened. */
export function unixSeconds(milliseconds: number): string {
  return milliseconds === 0 ? '' : String(Math.floor(milliseconds / 1_000));
}
