/** What the client measures of one system. Higher is better for rates, lower for milliseconds. */
export const FIGURES = [
  'acceptedPerSecond',
  'acceptP50Ms',
  'acceptP99Ms',
  'finishedPerSecond',
  'seenP50Ms',
  'seenP95Ms',
  'seenP99Ms',
] as const;

export type FigureName = (typeof FIGURES)[number];

export type Figures = Readonly<Record<FigureName, number>>;

export const FIGURE_TITLES: Readonly<Record<FigureName, string>> = {
  acceptedPerSecond: 'accepted/s',
  acceptP50Ms: 'accept p50, ms',
  acceptP99Ms: 'accept p99, ms',
  finishedPerSecond: 'finished/s',
  seenP50Ms: 'submit to seen finish p50, ms',
  seenP95Ms: 'submit to seen finish p95, ms',
  seenP99Ms: 'submit to seen finish p99, ms',
};
