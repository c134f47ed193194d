// Does what its payload says: `{ sleepMs?, progress?, throw?, say?, json?, response? }`.
import { setTimeout as sleep } from 'node:timers/promises';

export default async (request, context) => {
  const order = await request.json();
  if (order.progress !== undefined) context.progress(order.progress);
  if (order.sleepMs !== undefined)
    await sleep(order.sleepMs, undefined, { signal: context.signal });
  if (order.throw !== undefined) throw new Error(order.throw);
  if (order.response !== undefined) return responseOf(order.response);
  return order.say ?? order.json ?? null;
};

/** `{ status?, contentType?, text?, base64?, size? }`: `size` is so many bytes of "x". */
function responseOf({ status = 200, contentType = 'text/plain', text = '', base64, size }) {
  const body =
    size === undefined
      ? Buffer.from(base64 ?? text, base64 === undefined ? 'utf8' : 'base64')
      : 'x'.repeat(size);
  return new Response(body, { status, headers: { 'content-type': contentType } });
}
