import process from 'node:process';
import { keep, openLeases } from './lease-fixture.ts';

/** A replica as a process of its own, so that it can be killed and frozen. */
const [url = '', name = '', partitions = ''] = process.argv.slice(2);
const db = openLeases(url);
const keeping = keep(db, name, Number(partitions));
process.once('SIGTERM', () => void keeping.stop().then(() => db.destroy()));
process.send?.({ type: 'ready' });
process.disconnect();
