import { isPeerName, PEERS } from './catalog.ts';
import { serveFront } from './front-door.ts';

// One process of a peer: `main.ts <peer> front|worker`, its server's address in BENCH_SERVER_URL.
// It ends with its parent, so that no run leaves one behind.
const [name = '', role] = process.argv.slice(2);
if (!isPeerName(name)) throw new Error(`no peer is called ${name}`);
const serverUrl = process.env['BENCH_SERVER_URL'] ?? '';
process.once('disconnect', () => process.exit(0));

const peer = await PEERS[name].load();
if (role === 'front') {
  const http = await serveFront(await peer.openFront(serverUrl));
  process.send?.({ type: 'ready', http });
} else {
  await peer.openWorker(serverUrl);
  process.send?.({ type: 'ready' });
}
