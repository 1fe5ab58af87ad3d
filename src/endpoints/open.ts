import { send, settingsOf } from "../http/connection.ts";
import { APIError, isConnectionError } from "../errors.ts";
import { itemsIn, stringOf } from "../wire/read.ts";
import { formBody } from "../http/form.ts";
import { formFile, streamRefused } from "../http/upload.ts";
import type { FormBody } from "../http/form.ts";
import type { Call, Exchange, RequestOptions, Connection } from "../http/connection.ts";
import { limitBody } from "../http/limitBody.ts";
import { readable } from "../options.ts";
import { bodyStream } from "../stream/body.ts";
import type { MakeDecoder } from "../stream/body.ts";
import type { Stream } from "../stream/stream.ts";
import { checkAnswer, readJSON } from "./request.ts";
import type { ExpectedAnswer } from "./request.ts";

/** Options of an upload. */
export interface UploadOptions extends RequestOptions {
  /** The file's name. Default: the File's own, else `file` with an ending that fits the Blob's type. The API goes by the ending. */
  filename?: string | undefined;
}

/** A request with files in it. */
export interface FormRequest {
  readonly path: string;
  /** By field: each an upload, or a list of them. */
  readonly files: Readonly<Record<string, unknown>>;
  readonly fields: object;
  readonly options: UploadOptions | undefined;
}

/** Requests a stream. */
export async function openStream<Chunk, Result>(
  connection: Connection,
  call: Call,
  makeDecoder: MakeDecoder<Chunk, Result>,
): Promise<Stream<Chunk, Result>> {
  return streamOf(connection, await send(connection, { ...call, streamed: true }), makeDecoder);
}

/** The stream of an answer. */
function streamOf<Chunk, Result>(
  connection: Connection,
  exchange: Exchange,
  makeDecoder: MakeDecoder<Chunk, Result>,
): Stream<Chunk, Result> {
  const { body, options } = exchange.call;
  // A stream that was sent cannot be sent again.
  return bodyStream(exchange, makeDecoder, {
    connection,
    maxRetries: body instanceof ReadableStream ? 0 : options?.maxRetries,
  });
}

/** Requests bytes. Resolves to the response once the API has accepted the request. */
export async function openBody(connection: Connection, call: Call): Promise<Response> {
  return limitBody(await send(connection, { ...call, accept: "*/*" }));
}

/**
 * Sends files. A request with a stream in it is never made twice.
 *
 * @throws InputError before anything is sent, for a value that is no file or a stream that cannot be sent; the error of the caller's stream
 */
async function sendForm(
  connection: Connection,
  { path, files, fields, options }: FormRequest,
  streamed: boolean,
): Promise<Exchange> {
  const ready: Record<string, unknown> = {};
  for (const [name, file] of Object.entries(files))
    ready[name] = await formFiles(name, file, options?.signal ?? undefined);
  const form = formBody({ ...fields, ...(streamed && { stream: true }), ...ready }, options?.filename);
  const { body, contentType } = form;
  const model = stringOf(fields, "model");
  try {
    return await send(connection, { path, method: "POST", body, contentType, options, streamed, model });
  } catch (error) {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the caller's stream may fail with anything.
    if (form.failure !== undefined) throw form.failure;
    throw contentType !== undefined && isConnectionError(error) ? explained(error, form) : error;
  }
}

/**
 * Sends files, and reads the answer.
 *
 * @param answer the expected answer: text, or an object
 * @throws the errors of {@link sendForm}; APIError for another answer
 */
export async function requestForm<T>(
  connection: Connection,
  form: FormRequest,
  answer: "text" | ExpectedAnswer,
): Promise<T> {
  const exchange = await sendForm(connection, form, false);
  const read = await readJSON<T>(exchange, settingsOf(connection).limits.answer, answer === "text");
  return answer === "text" ? read : checkAnswer<T & object>(read, exchange.info, answer);
}

/** Sends files, and returns the stream of the answer. @throws the errors of {@link sendForm} */
export async function streamForm<Chunk, Result>(
  connection: Connection,
  form: FormRequest,
  makeDecoder: MakeDecoder<Chunk, Result>,
): Promise<Stream<Chunk, Result>> {
  return streamOf(connection, await sendForm(connection, form, true), makeDecoder);
}

/** Returns a clearer error for a stream that `fetch` cannot send. */
function explained(error: Error, { begun }: FormBody): Error {
  const { cause } = error;
  const inner: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, "cause") : undefined;
  const words = `${error.message} ${String(inner)}`;
  if (/redirect/i.test(words)) return new APIError("Refused a redirect", { status: 0, code: "redirect", cause: error });
  // WebKit's Request takes a stream, and only its fetch says that it cannot be sent.
  return !begun && /ReadableStream|stream.{0,200}support/i.test(words) ? streamRefused("file") : error;
}

async function formFiles(name: string, file: unknown, signal: AbortSignal | undefined): Promise<unknown> {
  const isList = readable(name, () => Array.isArray(file) && file.length > 0);
  if (!isList) return formFile(name, file, signal);
  // A copy has no holes, which `map` would skip.
  return Promise.all(Array.from(itemsIn(file), (one) => formFile(name, one, signal)));
}
