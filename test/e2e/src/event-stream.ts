/** What a server-sent stream carries (HTML Living Standard, section 9.2). */
export type StreamItem =
  | { readonly kind: 'event'; readonly event: string; readonly id: string; readonly data: string }
  | { readonly kind: 'comment' };

export interface EventStream extends AsyncIterable<StreamItem> {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  /** The rest of the stream; a problem's text where the status is not 200. */
  text(): Promise<string>;
  cancel(): void;
}

/** Cuts the bytes of a stream into events and comments. */
export async function* itemsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamItem> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    yield* blocks.flatMap(itemOf);
  }
}

function itemOf(block: string): StreamItem[] {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const;
    }),
  );
  const [event, id, data] = [fields.get('event'), fields.get('id'), fields.get('data')];
  if (event !== undefined && id !== undefined && data !== undefined) {
    return [{ kind: 'event', event, id, data }];
  }
  return fields.has('') ? [{ kind: 'comment' }] : [];
}
