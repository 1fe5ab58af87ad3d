import { APIError } from "../errors.ts";
import { decodeBase64 } from "../http/base64.ts";
import { attachInfo } from "../http/info.ts";
import type { RequestOptions, Transport } from "../http/transport.ts";
import type { NotParams, ParamOf } from "../types.ts";
import { bodyOf } from "./body.ts";
import type { Prompt } from "./completion.ts";
import { jsonCall, readJSON } from "./request.ts";

/** The API's own fields of an embedding request, sent as they are; any other field of the API may be given too. */
export interface EmbeddingParams extends NotParams {
  /** The model; the client's for embeddings where it is left out. */
  model?: string | undefined;
  /** How many numbers a vector has, for models that can shorten it. */
  dimensions?: number | undefined;
  /** With `"base64"` an embedding takes a third of the bytes on the wire, and comes as a Float32Array. */
  encoding_format?: "float" | "base64" | undefined;
  /** Who is asking, for abuse to be told apart. */
  user?: string | undefined;
}

/** One embedding. */
export interface Embedding<Vector = number[]> {
  /** What this is. */
  object: "embedding";
  /** Which of the inputs it belongs to, from 0. */
  index: number;
  /** The vector. */
  embedding: Vector;
}

/** Embeddings, one for each input, as the API sends them; where base64 was asked for, decoded. */
export interface EmbeddingList<Vector = number[]> {
  /** What this is. */
  object: "list";
  /** The embeddings, in the order of the inputs. */
  data: Embedding<Vector>[];
  /** The model that made them. */
  model: string;
  /** Tokens used. */
  usage?: { prompt_tokens: number; total_tokens: number } | undefined;
}

/** What an embedding is, by the `encoding_format` that was asked for. */
export type VectorOf<P> =
  ParamOf<P, "encoding_format"> extends infer F ? (F extends "base64" ? Float32Array<ArrayBuffer> : number[]) : never;

/**
 * Turns texts or tokens into vectors. `POST /embeddings`, https://platform.openai.com/docs/api-reference/embeddings/create
 *
 * @param input a string, a list of strings, tokens, or a list of lists of tokens
 * @returns what the API sent; with `encoding_format: "base64"` each embedding decoded to a Float32Array
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function embedding<P extends EmbeddingParams = { encoding_format?: "float" }>(
  transport: Transport,
  input: Prompt,
  params?: P,
  options?: RequestOptions,
): Promise<EmbeddingList<VectorOf<P>>> {
  const exchange = await transport.send(
    jsonCall("/embeddings", bodyOf(transport, "embedding", { input }, params), options),
  );
  const list = await readJSON<EmbeddingList<unknown>>(exchange, transport.limits.answer);
  try {
    if (params?.encoding_format === "base64") for (const one of list.data) one.embedding = vectorOf(one.embedding);
  } catch (cause) {
    const { status, headers } = exchange.info;
    throw attachInfo(
      new APIError("Expected embeddings in base64, received something else", {
        status,
        headers,
        code: "not_base64",
        cause,
      }),
      exchange.info,
    );
  }
  return list as EmbeddingList<VectorOf<P>>;
}

/** Some servers send numbers all the same. Base64 holds little-endian floats, as every platform in use has them. */
function vectorOf(sent: unknown): Float32Array {
  return typeof sent === "string" ? new Float32Array(decodeBase64(sent).buffer) : Float32Array.from(sent as number[]);
}
