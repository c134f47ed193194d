import type { Logger, TlsFiles } from '@greencloud/runtime';
import type { experimental } from '@grpc/grpc-js';
import {
  type Certificates,
  readCertificates,
  sameCertificates,
  type TrustFile,
} from './certificate-files.ts';

type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

/**
 * The files of one process as grpc-js asks for them, looked at again and again while anybody
 * listens. The package's own watcher drops all connections while a file is missing or does not fit
 * the other; this one stays with what it has until the new ones are whole.
 */
export class CertificateSource implements experimental.CertificateProvider {
  readonly #files: TlsFiles | TrustFile;
  readonly #refreshMs: number;
  readonly #logger: Logger;
  readonly #caListeners = new Set<CaListener>();
  readonly #identityListeners = new Set<IdentityListener>();
  #current: Certificates;
  #timer: NodeJS.Timeout | undefined;
  #problem: string | undefined;

  constructor(
    files: TlsFiles | TrustFile,
    first: Certificates,
    { refreshMs, logger }: { refreshMs: number; logger: Logger },
  ) {
    this.#files = files;
    this.#current = first;
    this.#refreshMs = refreshMs;
    this.#logger = logger;
  }

  get current(): Certificates {
    return this.#current;
  }

  addCaCertificateListener(listener: CaListener): void {
    this.#caListeners.add(listener);
    this.#watch();
    // Not at once: grpc-js first listens and only then looks at what it was told.
    process.nextTick(() => listener(this.#ca()));
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.#caListeners.delete(listener);
    this.#rest();
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.#identityListeners.add(listener);
    this.#watch();
    process.nextTick(() => listener(this.#identity()));
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.#identityListeners.delete(listener);
    this.#rest();
  }

  #watch(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#refresh(), this.#refreshMs).unref();
    void this.#refresh();
  }

  #rest(): void {
    if (this.#caListeners.size + this.#identityListeners.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #refresh(): Promise<void> {
    try {
      const next = await readCertificates(this.#files);
      this.#problem = undefined;
      if (!sameCertificates(this.#current, next)) this.#take(next);
    } catch (error) {
      this.#complain(error);
    }
  }

  #take(next: Certificates): void {
    this.#current = next;
    const { role, notAfter } = next.identity ?? {};
    this.#logger.info({ role, notAfter }, 'certificates were renewed');
    for (const listener of this.#identityListeners) listener(this.#identity());
    for (const listener of this.#caListeners) listener(this.#ca());
  }

  #complain(error: unknown): void {
    const problem = String(error);
    // Said once, not each time it is looked at.
    if (problem !== this.#problem) {
      this.#logger.warn({ err: error }, 'new certificates cannot be used, staying with the old');
    }
    this.#problem = problem;
  }

  #ca(): experimental.CaCertificateUpdate {
    return { caCertificate: this.#current.ca };
  }

  #identity(): experimental.IdentityCertificateUpdate | null {
    return this.#current.identity ?? null;
  }
}
