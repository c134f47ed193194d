import process from 'node:process';
import { attacks } from './attacks.ts';

// A process of its own, so that its work does not slow down whoever measures.
const [name = '', url = '', token = ''] = process.argv.slice(2);
const attack = attacks[name];
if (attack === undefined) throw new Error(`no attack is called ${name}`);

const end = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end.abort());
process.once('disconnect', () => end.abort());

process.send?.({ type: 'ready' });
await attack({ url, token }, end.signal);
process.exit(0);
