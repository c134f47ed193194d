import process from 'node:process';
import { writeCustomSchemas, writeKubernetesSchemas } from './write-schemas.ts';

// node main.ts kubernetes SWAGGER OUT | custom OUT FOLDER…
const [what, first = '', ...rest] = process.argv.slice(2);
const written =
  what === 'kubernetes'
    ? writeKubernetesSchemas(first, rest[0] ?? '')
    : writeCustomSchemas(rest, first);
process.stdout.write(`${written} schemas\n`);
