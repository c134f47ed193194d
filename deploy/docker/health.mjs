// The health check of an image without a shell: is the admin port ready?
import process, { env } from 'node:process';

const address = env['GC_ADMIN_ADDRESS'] ?? '127.0.0.1:8081';
const end = address.lastIndexOf(':');
const [host, port] = [address.slice(0, end), address.slice(end + 1)];
// Whoever listens everywhere is asked on this machine.
const here = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };
const path = process.argv[2] ?? '/readyz';
const answer = await fetch(`http://${here[host] ?? host}:${port}${path}`, {
  signal: AbortSignal.timeout(2_500),
}).catch((error) => ({ ok: false, status: String(error.cause ?? error) }));
if (!answer.ok) {
  process.stderr.write(`${path}: ${answer.status}\n`);
  process.exitCode = 1;
}
