import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { DomainError, type FieldError, isErrorCode } from '@greencloud/domain';

/** AIP-193: `google.rpc.Status` in this trailer, with ErrorInfo and, for wrong members, BadRequest. */
export const DETAILS_TRAILER = 'grpc-status-details-bin';

const DOMAIN = 'greencloud';
const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';

// Written by hand on the wire format: three tiny messages that have not changed since 2017 are not
// worth a copy of google.rpc in our proto module.
export function encodeRichStatus(code: number, error: DomainError): Buffer {
  const writer = new BinaryWriter().uint32(8).int32(code).uint32(18).string(error.message);
  writeAny(writer, ERROR_INFO, errorInfo(error.code));
  if (error.fields.length > 0) writeAny(writer, BAD_REQUEST, badRequest(error.fields));
  return Buffer.from(writer.finish());
}

/** `undefined` when the bytes are not a status of one of our servers. */
export function decodeRichStatus(bytes: Uint8Array): DomainError | undefined {
  try {
    return readStatus(bytes);
  } catch {
    return undefined;
  }
}

function writeAny(writer: BinaryWriter, typeUrl: string, value: Uint8Array): void {
  writer.uint32(26).fork().uint32(10).string(typeUrl).uint32(18).bytes(value).join();
}

function errorInfo(reason: string): Uint8Array {
  return new BinaryWriter().uint32(10).string(reason).uint32(18).string(DOMAIN).finish();
}

function badRequest(fields: readonly FieldError[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { pointer, detail } of fields) {
    writer.uint32(10).fork().uint32(10).string(pointer).uint32(18).string(detail).join();
  }
  return writer.finish();
}

function readStatus(bytes: Uint8Array): DomainError | undefined {
  let message = '';
  let reason = '';
  let fields: FieldError[] = [];
  forEachField(bytes, (field, reader) => {
    if (field === 2) message = reader.string();
    else if (field === 3) {
      const [typeUrl, value] = readPair(reader.bytes());
      if (typeUrl === ERROR_INFO) reason = readReason(value);
      if (typeUrl === BAD_REQUEST) fields = readViolations(value);
    } else return 'skip';
    return 'read';
  });
  return isErrorCode(reason) ? new DomainError(reason, message, fields) : undefined;
}

function readReason(bytes: Uint8Array): string {
  const [reason, domain] = readPair(bytes);
  return new TextDecoder().decode(domain) === DOMAIN ? reason : '';
}

function readViolations(bytes: Uint8Array): FieldError[] {
  const fields: FieldError[] = [];
  forEachField(bytes, (field, reader) => {
    if (field !== 1) return 'skip';
    const [pointer, detail] = readPair(reader.bytes());
    fields.push({ pointer, detail: new TextDecoder().decode(detail) });
    return 'read';
  });
  return fields;
}

// Any, ErrorInfo and FieldViolation all begin with a string and something of bytes.
function readPair(bytes: Uint8Array): [string, Uint8Array] {
  let first = '';
  let second: Uint8Array = new Uint8Array();
  forEachField(bytes, (field, reader) => {
    if (field === 1) first = reader.string();
    else if (field === 2) second = reader.bytes();
    else return 'skip';
    return 'read';
  });
  return [first, second];
}

function forEachField(
  bytes: Uint8Array,
  visit: (field: number, reader: BinaryReader) => 'read' | 'skip',
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (visit(field, reader) === 'skip') reader.skip(wireType, field);
  }
}
