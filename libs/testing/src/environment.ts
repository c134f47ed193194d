/** What the tests' own environment gives to a program they start: how to find programs, no more. */
export function environment(): Record<string, string> {
  const { PATH, HOME, TMPDIR, GC_NATS_SERVER } = process.env;
  const found = Object.entries({ PATH, HOME, TMPDIR, GC_NATS_SERVER });
  return Object.fromEntries(found.filter((entry) => entry[1] !== undefined)) as Record<
    string,
    string
  >;
}
