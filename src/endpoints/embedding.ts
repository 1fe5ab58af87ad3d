import { send, settingsOf } from "../http/connection.ts";
import { decodeBase64 } from "../http/base64.ts";
import type { RequestOptions, Connection } from "../http/connection.ts";
import { fieldsOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { aPrompt, checkCall } from "./arguments.ts";
import { bodyOf } from "./body.ts";
import type { Prompt } from "./completion.ts";
import { checkAnswer, jsonCall, readJSON, wrongAnswer } from "./request.ts";

/** The API's own fields of an embedding request, sent as they are; any other field of the API may be given too. */
export interface EmbeddingParams {
  /** The model. @default the client's model for embeddings */
  model?: string | undefined;
  /** The length of the vectors, for models that can shorten them. */
  dimensions?: number | undefined;
  /** With `"base64"` an embedding takes a third of the bytes on the wire, and comes as a Float32Array. */
  encoding_format?: "float" | "base64" | undefined;
  /** Id of the end user, for the detection of abuse. */
  user?: string | undefined;
}

/** Embeddings, one for each input, as the API sends them; base64 is decoded. */
export interface EmbeddingList<Vector = number[]> {
  /** The object type. */
  object: "list";
  /** The embeddings, in the order of the inputs. */
  data: {
    /** The object type. */
    object: "embedding";
    /** Index of the input, from 0. */
    index: number;
    /** The vector. */
    embedding: Vector;
  }[];
  /** The model that made them. */
  model: string;
  /** Tokens used. */
  usage?: { prompt_tokens: number; total_tokens: number } | undefined;
}

/**
 * Turns texts or tokens into vectors. `POST /embeddings`, https://platform.openai.com/docs/api-reference/embeddings/create
 *
 * @param input a string, a list of strings, tokens, or a list of lists of tokens
 * @returns what the API sent; with `encoding_format: "base64"` each embedding decoded to a Float32Array
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export function embedding(
  connection: Connection,
  input: Prompt,
  params: EmbeddingParams & { encoding_format: "base64" },
  options?: RequestOptions,
): Promise<EmbeddingList<Float32Array<ArrayBuffer>>>;
/** Returns vectors as lists of numbers, unless base64 is requested. */
export function embedding(
  connection: Connection,
  input: Prompt,
  params?: EmbeddingParams & { encoding_format?: "float" | undefined },
  options?: RequestOptions,
): Promise<EmbeddingList>;
/** Returns vectors in one of both forms, for params whose `encoding_format` is not known to the compiler. */
export function embedding(
  connection: Connection,
  input: Prompt,
  params?: EmbeddingParams,
  options?: RequestOptions,
): Promise<EmbeddingList<number[] | Float32Array<ArrayBuffer>>>;
export async function embedding(
  connection: Connection,
  input: Prompt,
  params?: EmbeddingParams,
  options?: RequestOptions,
): Promise<unknown> {
  checkCall(connection, params, options, { input: "input", streams: "no stream: embeddings have none" });
  aPrompt(input, "input");
  const body = bodyOf(connection, "embedding", { input }, params);
  const exchange = await send(connection, jsonCall("/embeddings", body, options, "input"));
  const { info } = exchange;
  const answer = await readJSON<unknown>(exchange, settingsOf(connection).limits.answer);
  const list = checkAnswer<EmbeddingList<unknown>>(answer, info, { expected: "embeddings", test: isList });
  if (params?.encoding_format === "base64") {
    for (const one of list.data) {
      const vector = vectorOf(one.embedding);
      if (!vector) throw wrongAnswer(info, "embeddings in base64", answer, "not_base64");
      one.embedding = vector;
    }
  }
  return list;
}

function isList({ data }: Fields): boolean {
  return Array.isArray(data) && data.every((one) => fieldsOf(one) !== undefined);
}

/** Some servers send numbers all the same. Base64 holds little-endian floats, as every platform in use has them. */
function vectorOf(sent: unknown): Float32Array | undefined {
  if (Array.isArray(sent)) return sent.every((one) => typeof one === "number") ? Float32Array.from(sent) : undefined;
  if (typeof sent !== "string") return undefined;
  try {
    return new Float32Array(decodeBase64(sent).buffer);
  } catch {
    return undefined;
  }
}
