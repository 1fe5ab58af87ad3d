import { defined } from "../wire/read.ts";
import { TypedDecoder } from "./typed.ts";
import { fieldsOf, listOf, numberOf, stringOf } from "../wire/read.ts";

const IMAGE_FIELDS = ["b64_json", "url", "revised_prompt"];

/** One image. GPT image models send base64, others may send a URL. */
export interface Image {
  /** The image, in base64 (see `decodeBase64()`). */
  b64_json?: string | undefined;
  /** Where it is, for an hour. */
  url?: string | undefined;
  /** What the prompt was made into, by models that change it. */
  revised_prompt?: string | undefined;
}

/** Tokens used for images. */
export interface ImagesUsage {
  /** All of them. */
  total_tokens: number;
  /** Those of the request. */
  input_tokens: number;
  /** Those of the images. */
  output_tokens: number;
  /** Which of the request's were text, and which images. */
  input_tokens_details?: { text_tokens?: number; image_tokens?: number } | undefined;
}

/** Images, as the API sends them (or as assembled from their stream, in the same shape). */
export interface Images {
  /** When they were made, in seconds since 1970. */
  created: number;
  /** The images, as many as `n` asked for. */
  data: Image[];
  /** `"transparent"` or `"opaque"`. */
  background?: string | undefined;
  /** `"png"`, `"jpeg"` or `"webp"`. */
  output_format?: string | undefined;
  /** Width and height in pixels, such as `"1024x1024"`. */
  size?: string | undefined;
  /** `"low"`, `"medium"` or `"high"`. */
  quality?: string | undefined;
  /** Tokens used, for models that count them. */
  usage?: ImagesUsage | undefined;
}

/** One event of streamed images, as the API sends it. */
export interface ImageEvent extends Omit<Images, "created" | "data">, Image {
  /** Tells events apart. */
  type:
    | "image_generation.partial_image"
    | "image_generation.completed"
    | "image_edit.partial_image"
    | "image_edit.completed"
    | (string & {});
  /** When it was made, in seconds since 1970. */
  created_at?: number | undefined;
  /** Which of the partial images it is, from 0. */
  partial_image_index?: number | undefined;
}

/** What one event brought. */
export interface ImageChunk {
  /** The image as far as it is, in base64 (see `decodeBase64()`); `""` in an event that brings none. */
  readonly image: string;
  /** Which of the partial images it is, from 0; `undefined` for a finished one. */
  readonly partialIndex: number | undefined;
  /** The event as sent. */
  readonly raw: ImageEvent;
}

/** Folds the events of streamed images. @param kind how their types begin @param expected how many images were asked for */
export function imageDecoder(kind: string, limit: number, expected: number): TypedDecoder<ImageChunk, Images> {
  return new TypedDecoder<ImageChunk, Images>(
    {
      last: `${kind}.completed`,
      chunk(event) {
        return {
          image: stringOf(event, "b64_json") ?? "",
          partialIndex: numberOf(event, "partial_image_index"),
          raw: event as unknown as ImageEvent,
        };
      },
      whole({ data, created, ...rest }) {
        return listOf({ data }, "data").flatMap((image) => {
          const fields = fieldsOf(image);
          return fields ? [{ ...rest, created_at: created, ...fields }] : [];
        });
      },
      result(last) {
        const images = last.map((event): Image => {
          const [b64_json, url, revised_prompt] = IMAGE_FIELDS.map((name) => stringOf(event, name));
          return defined({ b64_json, url, revised_prompt });
        });
        const {
          type: _,
          b64_json: _image,
          url: _url,
          revised_prompt: _prompt,
          created_at: _created,
          ...rest
        } = last.at(-1) ?? {};
        return { created: numberOf(last.at(-1), "created_at") ?? 0, ...rest, data: images };
      },
    },
    limit,
    expected,
  );
}
