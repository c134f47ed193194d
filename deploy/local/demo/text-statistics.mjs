// The demo lambda: statistics of the text that it is given.
const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

export default async (request, context) => {
  const text = await request.text();
  const words = text.toLowerCase().match(WORD) ?? [];
  context.progress(50);
  return {
    characters: [...text].length,
    words: words.length,
    lines: countLines(text),
    mostFrequent: mostFrequent(words, 3),
    sha256: await sha256(text),
  };
};

function countLines(text) {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}

/** By count, then by the alphabet, so that the same text always gives the same answer. */
function mostFrequent(words, limit) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .map(([word, count]) => ({ word, count }))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))
    .slice(0, limit);
}

async function sha256(text) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
