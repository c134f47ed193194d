/** The sum of a metric's series on an admin port; NaN while the process is away. */
export async function metricSum(adminUrl: string, name: string): Promise<number> {
  const text = await fetch(`${adminUrl}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  );
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`greencloud_${name}`))
    .map((line) =>
      Number(
        line
          .slice(line.lastIndexOf('}') + 1)
          .trim()
          .split(' ')[0],
      ),
    );
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
}
