import { settingsOf } from "../http/connection.ts";
import type { RequestOptions, Connection } from "../http/connection.ts";
import type { Upload } from "../http/upload.ts";
import { aString } from "../options.ts";
import type { Stream } from "../stream/stream.ts";
import { checkCall, type Taken, UPLOAD_OPTIONS } from "./arguments.ts";
import { bodyOf } from "./body.ts";
import { imageDecoder } from "../decode/images.ts";
import type { ImageChunk, Images } from "../decode/images.ts";
import { openStream, requestForm, streamForm } from "./open.ts";
import type { FormRequest, UploadOptions } from "./open.ts";
import { jsonCall, requestObject } from "./request.ts";
import type { ExpectedAnswer } from "./request.ts";

/** Fields that generations and edits have in common. */
export interface ImageParams {
  /** The model. @default the client's model for images */
  model?: string | null | undefined;
  /** The number of images, 1 to 10. @default 1 */
  n?: number | null | undefined;
  /** Width and height in pixels, such as `"1024x1024"`, or `"auto"`. Models differ in the sizes that they accept. */
  size?: string | null | undefined;
  /** `"auto"` (the API's default), or a quality of the model: `"low"`, `"medium"`, `"high"`; `"standard"`, `"hd"`. */
  quality?: string | null | undefined;
  /** Background, for the GPT image models. @default "auto" */
  background?: "transparent" | "opaque" | "auto" | null | undefined;
  /** The file's format, for the GPT image models. The API's default is `"png"`. */
  output_format?: "png" | "jpeg" | "webp" | null | undefined;
  /** 0 to 100, for jpeg and webp. */
  output_compression?: number | null | undefined;
  /** The form of the answer, for models other than the GPT image models. */
  response_format?: "url" | "b64_json" | null | undefined;
  /** Number of partial images in a stream, 0 to 3. */
  partial_images?: number | null | undefined;
  /** Id of the end user, for the detection of abuse. */
  user?: string | undefined;
  /** Not accepted: use `streamImageGeneration()` or `streamImageEdit()`. */
  stream?: "call streamImageGeneration() or streamImageEdit()" | undefined;
}

/** The API's own fields of an image generation, sent as they are; any other field of the API may be given too. */
export interface ImageGenerationParams extends ImageParams {
  /** Strictness of the content filter of the GPT image models. @default "auto" */
  moderation?: "low" | "auto" | null | undefined;
  /** For `dall-e-3`. The API's default is `"vivid"`. */
  style?: "vivid" | "natural" | null | undefined;
}

/** The API's own fields of an image edit, sent as they are; any other field of the API may be given too. */
export interface ImageEditParams extends ImageParams {
  /** Description of the image. */
  prompt: string;
  /** Mask whose transparent areas are edited. */
  mask?: Upload | undefined;
  /** Fidelity to the features of the images, faces above all. @default "low" */
  input_fidelity?: "high" | "low" | null | undefined;
}

/** Streamed images. */
export type ImageStream = Stream<ImageChunk, Images>;

const IMAGES: ExpectedAnswer = { expected: "images", test: ({ data }) => Array.isArray(data) };
const GENERATIONS = "/images/generations";

/**
 * Makes images. `POST /images/generations`, https://platform.openai.com/docs/api-reference/images/create
 *
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const { data } = await imageGeneration(client, "A heron at dawn", { size: "1024x1024" });
 * const png = decodeBase64(data[0]?.b64_json ?? "");
 * ```
 */
export async function imageGeneration(
  connection: Connection,
  prompt: string,
  params?: ImageGenerationParams,
  options?: RequestOptions,
): Promise<Images> {
  checkCall(connection, params, options, { input: "prompt", streams: "streamImageGeneration()" });
  aString(prompt, "prompt");
  const body = bodyOf(connection, "image", { prompt }, params);
  return requestObject<Images>(connection, jsonCall(GENERATIONS, body, options, "prompt"), IMAGES);
}

/**
 * Makes images, as a stream with partial images (`partial_images`, 0 to 3).
 *
 * @returns the stream, once the API has accepted the request; truncated unless all images came
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const stream = await streamImageGeneration(client, "A heron at dawn", { partial_images: 2 });
 * for await (const { image } of stream) picture.src = `data:image/png;base64,${image}`;
 * ```
 */
export async function streamImageGeneration(
  connection: Connection,
  prompt: string,
  params?: ImageGenerationParams,
  options?: RequestOptions,
): Promise<ImageStream> {
  checkCall(connection, params, options, { input: "prompt", streams: true });
  aString(prompt, "prompt");
  const body = { ...bodyOf(connection, "image", { prompt }, params), stream: true };
  return openStream(connection, jsonCall(GENERATIONS, body, options, "prompt"), () =>
    imageDecoder("image_generation", settingsOf(connection).limits.answer, countOf(params)),
  );
}

/**
 * Edits images. `POST /images/edits`, https://platform.openai.com/docs/api-reference/images/createEdit
 *
 * @param images one, or up to 16: Blobs, bytes, responses, or whatever else can be uploaded
 * @param params with the `prompt`
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const { data } = await imageEdit(client, await fetch("https://example.com/heron.png"), { prompt: "Make it blue" });
 * ```
 */
export async function imageEdit(
  connection: Connection,
  images: Upload | readonly Upload[],
  params: ImageEditParams,
  options?: UploadOptions,
): Promise<Images> {
  return requestForm(connection, editOf(connection, images, params, options, "streamImageEdit()"), IMAGES);
}

/**
 * Edits images, as a stream with partial images (`partial_images`, 0 to 3).
 *
 * @returns the stream, once the API has accepted the request; truncated unless all images came
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const stream = await streamImageEdit(client, heron, { prompt: "Make it blue", partial_images: 1 });
 * for await (const { image } of stream) picture.src = `data:image/png;base64,${image}`;
 * ```
 */
export async function streamImageEdit(
  connection: Connection,
  images: Upload | readonly Upload[],
  params: ImageEditParams,
  options?: UploadOptions,
): Promise<ImageStream> {
  return streamForm(connection, editOf(connection, images, params, options, true), () =>
    imageDecoder("image_edit", settingsOf(connection).limits.answer, countOf(params)),
  );
}

/** One image is `image`, several are `image[]`. */
function editOf(
  connection: Connection,
  image: Upload | readonly Upload[],
  params: ImageEditParams,
  options: UploadOptions | undefined,
  streams: Taken["streams"],
): FormRequest {
  checkCall(connection, params ?? null, options, { rules: UPLOAD_OPTIONS, input: "image", streams });
  aString(params.prompt, "prompt");
  const { mask, ...rest } = params;
  const files = mask ? { image, mask } : { image };
  return {
    path: "/images/edits",
    files,
    fields: bodyOf(connection, "image", { prompt: params.prompt }, rest),
    options,
  };
}

/** Returns the number of requested images. */
function countOf(params: ImageParams | undefined): number {
  return typeof params?.n === "number" ? params.n : 1;
}
