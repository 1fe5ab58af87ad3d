import { defined } from "../wire/read.ts";
import { TypedDecoder } from "./typed.ts";
import { numberOf, objectsIn, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

const IMAGE_FIELDS = ["b64_json", "url", "revised_prompt"];

/** One image. GPT image models send base64; others may send a URL. */
export interface Image {
  /** The image, in base64 (see `decodeBase64()`). */
  b64_json?: string | undefined;
  /** Its URL, valid for an hour. */
  url?: string | undefined;
  /** The prompt as the model changed it. */
  revised_prompt?: string | undefined;
}

/** Tokens used for images. */
export interface ImagesUsage {
  /** All tokens. */
  total_tokens: number;
  /** Tokens of the request. */
  input_tokens: number;
  /** Tokens of the images. */
  output_tokens: number;
  /** The request's tokens by kind. */
  input_tokens_details?: { text_tokens?: number; image_tokens?: number } | undefined;
}

/** Images, as the API sends them (or as assembled from their stream, in the same shape). */
export interface Images {
  /** Unix time of the images, in seconds. */
  created: number;
  /** The images: as many as `n` requested. */
  data: Image[];
  /** `"transparent"` or `"opaque"`. */
  background?: string | undefined;
  /** `"png"`, `"jpeg"` or `"webp"`. */
  output_format?: string | undefined;
  /** Width and height in pixels, such as `"1024x1024"`. */
  size?: string | undefined;
  /** `"low"`, `"medium"` or `"high"`. */
  quality?: string | undefined;
  /** Tokens used, by models that count them. */
  usage?: ImagesUsage | undefined;
}

/** One event of streamed images, as the API sends it. */
export interface ImageEvent extends Omit<Images, "created" | "data">, Image {
  /** The kind of the event. */
  type:
    | "image_generation.partial_image"
    | "image_generation.completed"
    | "image_edit.partial_image"
    | "image_edit.completed"
    | (string & {});
  /** Unix time of the image, in seconds. */
  created_at?: number | undefined;
  /** Index of the partial image, from 0. */
  partial_image_index?: number | undefined;
}

/** One event of streamed images. */
export interface ImageChunk {
  /** The image so far, in base64 (see `decodeBase64()`); `""` in an event without one. */
  readonly image: string;
  /** Index of the partial image, from 0; `undefined` for a finished image. */
  readonly partialIndex: number | undefined;
  /** The event as sent. */
  readonly raw: ImageEvent;
}

/**
 * Decodes the events of streamed images.
 *
 * @param kind the beginning of their types
 * @param limit the most characters that are kept
 * @param expected the number of images that were requested
 */
export function imageDecoder(kind: string, limit: number, expected: number): TypedDecoder<ImageChunk, Images> {
  return new TypedDecoder<ImageChunk, Images>(
    {
      last: `${kind}.completed`,
      chunk: (event) => ({
        image: stringOf(event, "b64_json") ?? "",
        partialIndex: numberOf(event, "partial_image_index"),
        raw: { ...event, type: stringOf(event, "type") ?? "" },
      }),
      whole: ({ data, created, ...rest }) =>
        objectsIn(data).map((image) => ({ ...rest, created_at: created, ...image })),
      result: imagesOf,
    },
    limit,
    expected,
  );
}

/** Returns the images of their last events. What is not an image's own is taken from the last one. */
function imagesOf(events: readonly Fields[]): Images {
  const last = events.at(-1) ?? {};
  const own = new Set([...IMAGE_FIELDS, "type", "created_at"]);
  const rest = Object.entries(last).filter(([name]) => !own.has(name));
  const data = events.map((event): Image => {
    const [b64_json, url, revised_prompt] = IMAGE_FIELDS.map((name) => stringOf(event, name));
    return defined({ b64_json, url, revised_prompt });
  });
  return { created: numberOf(last, "created_at") ?? 0, ...Object.fromEntries(rest), data };
}
