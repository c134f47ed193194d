import { DomainError } from '@greencloud/domain';
import type { Call, ExchangeRequest, ExchangeResponse } from '@greencloud/proto/rpc/v1/call_stream';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { callerCancelled } from '../../service/call-context.ts';
import { checkDeadline } from '../../service/unary-adapter.ts';
import { LONGEST_CALL_MS } from '../../channel-options.ts';
import { detailsOf } from '../../status/error-boundary.ts';
import type { Admit } from '../admission.ts';
import type { CallRecorder } from '../call-recorder.ts';
import { StreamedCall } from './streamed-call.ts';

/** A unary method as it is called over a stream: measured and guarded as without one. */
export interface StreamedMethod {
  readonly recorder: CallRecorder;
  readonly admit: Admit;
  /** From the bytes of a request to those of its response. */
  readonly answer: (request: Buffer, call: StreamedCall) => Promise<Buffer>;
}

type Stream = ServerDuplexStream<ExchangeRequest, ExchangeResponse>;
type Outcome = ExchangeResponse['outcome'];

export interface CallStreamServing {
  readonly methods: ReadonlyMap<string, StreamedMethod>;
  /** For calls of methods that are not there. */
  readonly recorder: CallRecorder;
}

// A caller gathers its items into a few calls at once. Above this nothing more is read from it.
const MOST_OPEN = 256;

/** The calls of one caller, until it goes or the server drains. */
export class ServedCallStream {
  readonly #stream: Stream;
  readonly #serving: CallStreamServing;
  readonly #onEnd: () => void;
  readonly #calls = new Map<number, StreamedCall>();
  #state: 'taking' | 'ending' | 'ended' = 'taking';

  constructor(stream: Stream, serving: CallStreamServing, onEnd: () => void) {
    this.#stream = stream;
    this.#serving = serving;
    this.#onEnd = onEnd;
    stream.on('data', (request) => this.#take(request));
    stream.on('drain', () => this.#readOn());
    stream.once('end', () => this.abort());
    stream.once('cancelled', () => this.#lose());
    // The connection broke: `cancelled` says so, too.
    stream.on('error', () => undefined);
    stream.write({ callId: 0, outcome: { $case: 'opened', value: {} } });
  }

  /** Takes no more calls, and ends when those that it has taken are answered. */
  abort(): void {
    if (this.#state === 'taking') this.#state = 'ending';
    this.#settle();
  }

  /** Nobody is there any more. */
  #lose(): void {
    this.#end();
    for (const call of this.#calls.values()) call.abort(callerCancelled());
  }

  #take({ callId, message }: ExchangeRequest): void {
    if (message?.$case === 'cancel') this.#calls.get(callId)?.abort(callerCancelled());
    if (message?.$case !== 'call' || this.#calls.has(callId)) return;
    if (this.#state !== 'taking') return this.#refuse(callId);
    const timeoutMs = Math.min(message.value.timeoutMs, LONGEST_CALL_MS);
    const call = new StreamedCall(this.#stream, Date.now() + timeoutMs);
    this.#calls.set(callId, call);
    if (this.#calls.size >= MOST_OPEN) this.#stream.pause();
    void this.#serve(callId, message.value, call);
  }

  /** Its caller goes elsewhere at once, and waits for none of those that are being answered. */
  #refuse(callId: number): void {
    if (this.#state === 'ended') return;
    const ending = new DomainError('UNAVAILABLE', 'the stream ends');
    const status = this.#serving.recorder.failed(ending, performance.now());
    this.#stream.write({ callId, outcome: { $case: 'status', value: detailsOf(status) } });
  }

  async #serve(callId: number, request: Call, call: StreamedCall): Promise<void> {
    const outcome = await this.#outcomeOf(request, call);
    call.end();
    this.#calls.delete(callId);
    if (!call.isAborted && !this.#stream.write({ callId, outcome })) this.#stream.pause();
    else this.#readOn();
    this.#settle();
  }

  async #outcomeOf({ method: path, request }: Call, call: StreamedCall): Promise<Outcome> {
    const startedAt = performance.now();
    const method = this.#serving.methods.get(path);
    const recorder = method?.recorder ?? this.#serving.recorder;
    try {
      if (method === undefined)
        throw new DomainError('INVALID_PARAMETER', `no unary method ${path}`);
      method.admit(this.#stream);
      checkDeadline(call.deadline);
      const response = await method.answer(request, call);
      recorder.succeeded(startedAt);
      return { $case: 'response', value: response };
    } catch (error) {
      return { $case: 'status', value: detailsOf(recorder.failed(error, startedAt)) };
    }
  }

  #readOn(): void {
    if (this.#calls.size < MOST_OPEN && !this.#stream.writableNeedDrain) this.#stream.resume();
  }

  #settle(): void {
    if (this.#state !== 'ending' || this.#calls.size > 0) return;
    this.#end();
    this.#stream.end();
  }

  #end(): void {
    this.#state = 'ended';
    this.#onEnd();
  }
}
