export interface ServerList {
  /** `host:port` each. */
  readonly servers: readonly string[];
  readonly user: string | undefined;
  readonly pass: string | undefined;
  /** Some URL begins with `tls:`. */
  readonly tls: 'asked' | 'as the server wants';
}

/** Reads `nats://user:password@host:port`, several with commas; the client takes no login in a URL. */
export function readServerList(urls: string): ServerList {
  const parsed = urls.split(',').map((url) => parse(url.trim()));
  const login = parsed.find(({ username }) => username !== '');
  return {
    servers: parsed.map(({ hostname, port }) => `${hostname}:${port === '' ? '4222' : port}`),
    user: login && decodeURIComponent(login.username),
    pass: login && decodeURIComponent(login.password),
    tls: parsed.some(({ protocol }) => protocol === 'tls:') ? 'asked' : 'as the server wants',
  };
}

// The text may hold a password, so it is in no error.
function parse(url: string): URL {
  const whole = /^[a-z]+:\/\//i.test(url) ? url : `nats://${url}`;
  if (!URL.canParse(whole)) throw new TypeError('a NATS server must be nats://host:port');
  return new URL(whole);
}
