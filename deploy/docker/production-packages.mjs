// The folders of the workspace packages that a service needs when it runs, one a line.
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const manifests = new Map(
  globSync('{proto,libs/*,services/*}/package.json').map((path) => {
    const { name, dependencies = {} } = JSON.parse(readFileSync(path, 'utf8'));
    return [name, { folder: dirname(path), needs: Object.keys(dependencies) }];
  }),
);

const reached = new Set();
const reach = (name) => {
  const found = manifests.get(name);
  if (found === undefined || reached.has(found.folder)) return;
  reached.add(found.folder);
  found.needs.forEach(reach);
};

reach(`@greencloud/${process.argv[2]}`);
process.stdout.write(`${[...reached].toSorted((a, b) => (a < b ? -1 : 1)).join('\n')}\n`);
