import { deepStrictEqual } from 'node:assert';
import process from 'node:process';
import { type Manifest, readManifests } from './manifest.ts';

// node same-objects.ts FILE FILE: two releases of Helm order and space them differently.
const [one = '', other = ''] = process.argv.slice(2);
deepStrictEqual(byName(readManifests(one)), byName(readManifests(other)));

function byName(manifests: readonly Manifest[]): Record<string, Manifest> {
  return Object.fromEntries(manifests.map((it) => [`${it.kind} ${it.metadata.name}`, it]));
}
