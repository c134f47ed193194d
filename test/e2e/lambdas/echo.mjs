// Answers the request it was given: its bytes, and what it says of them.
export default async (request) => ({
  method: request.method,
  contentType: request.headers.get('content-type'),
  base64: Buffer.from(await request.arrayBuffer()).toString('base64'),
});
