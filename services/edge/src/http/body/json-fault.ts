type Expecting = 'value' | 'value or end' | 'name' | 'name or end' | ':' | ', or end';

const firstPrintable = 0x20;
const quote = 0x22;
const backslash = 0x5c;
const space = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Where a text that JSON.parse refuses stops being JSON: an offset in UTF-16 units, the text's
 * length when it only ends too early. V8 names the place in some of its messages and not in others.
 */
export function jsonFaultAt(text: string): number {
  return new Scanner(text).faultAt();
}

class Scanner {
  readonly #text: string;
  readonly #open: ('{' | '[')[] = [];
  #at = 0;
  #expecting: Expecting = 'value';

  constructor(text: string) {
    this.#text = text;
  }

  faultAt(): number {
    while (this.#skip(space) && this.#at < this.#text.length) {
      if (!this.#step(this.#text.charAt(this.#at))) return this.#at;
    }
    return this.#at;
  }

  #step(next: string): boolean {
    switch (this.#expecting) {
      case 'value':
        return this.#value(next);
      case 'value or end':
        return next === ']' ? this.#close() : this.#value(next);
      case 'name or end':
        return next === '}' ? this.#close() : this.#name();
      case 'name':
        return this.#name();
      case ':':
        return next === ':' && this.#move('value');
      case ', or end':
        return this.#afterValue(next);
      default:
        return this.#expecting satisfies never;
    }
  }

  #value(next: string): boolean {
    if (next === '{' || next === '[') {
      this.#open.push(next);
      return this.#move(next === '{' ? 'name or end' : 'value or end');
    }
    this.#expecting = ', or end';
    return next === '"' ? this.#string() : this.#skip(word) || this.#skip(number);
  }

  #name(): boolean {
    this.#expecting = ':';
    return this.#text.charAt(this.#at) === '"' && this.#string();
  }

  #afterValue(next: string): boolean {
    const inside = this.#open.at(-1);
    if (inside === undefined) return false;
    if (next === ',') return this.#move(inside === '{' ? 'name' : 'value');
    return next === (inside === '{' ? '}' : ']') && this.#close();
  }

  #string(): boolean {
    this.#at += 1;
    do this.#skipPlainCharacters();
    while (this.#skip(escapeSequence));
    if (this.#text.charAt(this.#at) !== '"') return this.#at === this.#text.length;
    this.#at += 1;
    return true;
  }

  #skipPlainCharacters(): void {
    let code = this.#text.charCodeAt(this.#at);
    while (code >= firstPrintable && code !== quote && code !== backslash) {
      this.#at += 1;
      code = this.#text.charCodeAt(this.#at);
    }
  }

  #close(): boolean {
    this.#open.pop();
    return this.#move(', or end');
  }

  #move(expecting: Expecting): boolean {
    this.#at += 1;
    this.#expecting = expecting;
    return true;
  }

  /** Goes past what the pattern matches here. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }
}
