import { deepStrictEqual } from 'node:assert';
import process from 'node:process';
import { readManifests } from './manifest.ts';

// node same-pods.ts OLD NEW: what an API server would refuse of the new chart, a Job with another pod.
const [older = '', newer = ''] = process.argv.slice(2);
const before = jobsOf(older);
const kept = [...jobsOf(newer)].filter(([name]) => before.has(name));
if (kept.length === 0) throw new Error('no Job is in both');
for (const [name, pod] of kept) deepStrictEqual(pod, before.get(name), name);

function jobsOf(file: string): ReadonlyMap<string, unknown> {
  const jobs = readManifests(file).filter(({ kind }) => kind === 'Job');
  return new Map(jobs.map(({ metadata, spec }) => [metadata.name, spec?.template]));
}
