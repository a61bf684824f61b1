import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { AppError } from '#core/errors.ts';
import { within } from '#core/runtime/deadline.ts';
import { Upload } from '#core/services/uploads.ts';

export interface MultipartOptions {
  /** Limit for all parts that are not files. */
  readonly maxRequestBytes: number;
  readonly maxUploadBytes: number;
  /** The folder of files until the request is answered. */
  readonly directory: string;
}

export interface MultipartRequest {
  /** The operation, with files in the places of its variables. */
  readonly operation: Record<string, unknown>;
  /** Removes the files. */
  discard(): Promise<void>;
}

const MOST_FILES = 10;
/** Milliseconds. */
const PATIENCE = 300;
/** Segments of a place such as variables.input.file. */
const DEEPEST = 8;
const bad = (message: string) => new AppError('BAD_USER_INPUT', message);

export const isMultipart = ({ headers }: IncomingMessage): boolean =>
  /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');

/**
 * A request by https://github.com/jaydenseric/graphql-multipart-request-spec: the fields `operations` and `map`, then the files,
 * which are written to disk as they come. Rejects with BAD_USER_INPUT for what is not of this form, and with PAYLOAD_TOO_LARGE as
 * soon as something is over its limit; nothing is left on the disk then.
 */
export async function readMultipart(request: IncomingMessage, options: MultipartOptions): Promise<MultipartRequest> {
  await mkdir(options.directory, { recursive: true });
  const fields = new Map<string, string>();
  const files = new Map<string, Promise<Upload>>();
  const paths: string[] = [];
  const discard = async () => {
    await Promise.allSettled(files.values());
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  };
  try {
    await receive(request, options, fields, files, paths);
    const operation = objectIn(fields.get('operations'), 'operations');
    const map = objectIn(fields.get('map'), 'map');
    for (const [key, file] of files) {
      const places = map[key];
      if (!Array.isArray(places) || places.length === 0) throw bad(`map: no place for the file ${key.slice(0, 50)}`);
      for (const place of places) put(operation, place, await file);
    }
    for (const key of Object.keys(map)) if (!files.has(key)) throw bad(`map: no file ${key.slice(0, 50)} was sent`);
    return { operation, discard };
  } catch (error) {
    await Promise.all([discard(), drained(request)]);
    throw error;
  }
}

/** Reads the rest of a request for a moment, so that the client can read the answer. */
async function drained(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  const ended = new Promise<void>((resolve) => request.once('close', resolve).once('end', resolve));
  request.resume();
  await within(PATIENCE, ended);
}

function receive(
  request: IncomingMessage,
  { maxRequestBytes, maxUploadBytes, directory }: MultipartOptions,
  fields: Map<string, string>,
  files: Map<string, Promise<Upload>>,
  paths: string[],
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const parser = open(request, maxRequestBytes, maxUploadBytes);
  const stop = (error: unknown) => {
    request.unpipe(parser);
    parser.removeAllListeners();
    parser.on('error', () => undefined);
    parser.destroy();
    reject(error);
  };
  parser.on('field', (name, value, { valueTruncated }) => {
    if (valueTruncated) stop(tooLarge(`${name} is over ${maxRequestBytes} bytes (MAX_REQUEST_BYTES)`));
    else if (fields.has(name)) stop(bad(`${name.slice(0, 50)} stands there twice`));
    else fields.set(name, value);
  });
  parser.on('file', (name, stream, { filename, mimeType }) => {
    if (files.has(name)) {
      stop(bad(`the file ${name.slice(0, 50)} stands there twice`));
      return;
    }
    const path = join(directory, randomUUID());
    paths.push(path);
    const written = write(stream, path, maxUploadBytes).then(
      (bytes) => new Upload({ path, name: filename ?? '', mediaType: mimeType, bytes }),
    );
    files.set(name, written);
    written.catch(stop);
  });
  for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const)
    parser.on(limit, () => stop(bad(`at most ${MOST_FILES} files in one request`)));
  parser.on('error', () => stop(bad('The request body is no multipart form')));
  parser.on('close', () => Promise.all(files.values()).then(() => resolve(), stop));
  request.on('close', () => {
    if (!request.complete) stop(new Error('the client is gone'));
  });
  request.pipe(parser);
  return promise;
}

function open(request: IncomingMessage, fieldSize: number, fileSize: number): busboy.Busboy {
  const limits = {
    fieldSize,
    fileSize: fileSize + 1,
    files: MOST_FILES,
    fields: 2,
    parts: MOST_FILES + 2,
    fieldNameSize: 100,
  };
  try {
    return busboy({ headers: request.headers, limits, defParamCharset: 'utf8' });
  } catch {
    throw bad('The request body is no multipart form');
  }
}

const tooLarge = (message: string) => new AppError('PAYLOAD_TOO_LARGE', message);

async function write(stream: Readable & { truncated?: boolean }, path: string, limit: number): Promise<number> {
  const file = createWriteStream(path, { mode: 0o600 });
  stream.on('limit', () => stream.destroy(tooLarge(`The file is over ${limit} bytes (MAX_UPLOAD_BYTES)`)));
  await pipeline(stream, file);
  return file.bytesWritten;
}

function objectIn(text: string | undefined, name: string): Record<string, unknown> {
  if (text === undefined) throw bad(`${name} is missing`);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  throw bad(`${name} is no JSON object`);
}

/** Replaces an existing null only: creates nothing on the path and follows no prototype. */
function put(operation: Record<string, unknown>, place: unknown, file: Upload): void {
  const segments = typeof place === 'string' ? place.split('.') : [];
  const last = segments.pop();
  let holder: unknown = operation;
  for (const segment of segments.slice(0, DEEPEST)) holder = own(holder, segment);
  if (segments[0] !== 'variables' || last === undefined || segments.length > DEEPEST || own(holder, last) !== null)
    throw bad('map: a place must be one of the variables, and null in operations');
  (holder as Record<string, unknown>)[last] = file;
}

const own = (holder: unknown, key: string): unknown =>
  typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
    ? (holder as Record<string, unknown>)[key]
    : undefined;
