/** The sum of a metric's series on an admin port; NaN while the process is away. */
export async function metricSum(adminUrl: string, name: string): Promise<number> {
  const text = await fetch(`${adminUrl}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  );
  // name{labels} value timestamp
  const series = new RegExp(`^greencloud_${name}(?:\\{.*\\})? (\\S+)`, 'gm');
  const values = [...text.matchAll(series)].map(([, value]) => Number(value));
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
}
