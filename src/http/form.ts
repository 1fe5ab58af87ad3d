import { InputError } from "../errors.ts";
import { readable, wrong } from "../options.ts";
import { checkPiece } from "./requestBody.ts";
import type { FormFile } from "./upload.ts";

/** A multipart body, and the state of the stream in it. */
export interface FormBody {
  readonly body: FormData | ReadableStream<Uint8Array>;
  /** Content type of a stream. `fetch` sets the one of a FormData itself. */
  readonly contentType?: string;
  /** `true` once something has been read from the stream. */
  begun?: boolean;
  /** The error of the caller's stream. */
  failure?: unknown;
}

type Pair = readonly [name: string, value: string | FormFile];

/**
 * Returns fields as `multipart/form-data`: lists as `name[]`, objects as `name[key]`, Blobs and streams as files. If there is a stream among
 * them, the body is a stream too, and nothing is buffered.
 *
 * @param filename the file's name. Default: the File's own name, or one with the ending of its type
 */
export function formBody(fields: object, filename?: string): FormBody {
  const pairs = readable("params", () => pairsOf("", fields, []));
  const streams = pairs.map(([, value]) => value).filter((value) => value instanceof ReadableStream);
  if (new Set(streams).size < streams.length)
    throw new InputError("file", "a stream for each file, which can be read once", "the same stream twice");
  if (streams.length > 0) return streamedForm(pairs, filename);
  const body = new FormData();
  for (const [name, value] of pairs) {
    if (typeof value === "string") body.append(name, value);
    else if (value instanceof Blob) body.append(name, value, nameOf(value, filename));
  }
  return { body };
}

function pairsOf(name: string, value: unknown, above: readonly unknown[]): Pair[] {
  if (value == null) return [];
  if (value instanceof Blob || value instanceof ReadableStream) return [[name, value]];
  if (typeof value === "string") return [[name, value]];
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return [[name, String(value)]];
  if (typeof value !== "object") throw wrong(`params.${name}`, "a value that a form can hold", value);
  if (above.includes(value))
    throw new InputError(`params.${name}`, "a value that a form can hold", "an object that holds itself");
  const within = [...above, value];
  if (Array.isArray(value)) return value.flatMap((one) => pairsOf(`${name}[]`, one, within));
  return Object.entries(value).flatMap(([key, one]) => pairsOf(name ? `${name}[${key}]` : key, one, within));
}

/**
 * Endings that the API accepts for media types with another name. It refuses `wave`, `quicktime` and `opus`, although it reads such files.
 */
const ENDINGS: Readonly<Record<string, string>> = {
  "audio/mpeg": "mp3",
  "audio/x-mpeg": "mp3",
  "audio/mp4": "m4a",
  "audio/x-m4a": "m4a",
  "audio/wave": "wav",
  "audio/vnd.wave": "wav",
  "audio/opus": "ogg",
  "audio/x-ms-wma": "wma",
  "video/quicktime": "mp4",
  "video/x-m4v": "mp4",
  "video/ogg": "ogg",
  "image/jpeg": "jpg",
  "image/svg+xml": "svg",
  "text/plain": "txt",
  "text/markdown": "md",
  "text/javascript": "js",
  "text/x-python": "py",
  "text/jsonl": "jsonl",
  "application/jsonl": "jsonl",
  "application/jsonlines": "jsonl",
  "application/x-jsonlines": "jsonl",
  "application/x-ndjson": "jsonl",
  "application/ndjson": "jsonl",
  "application/javascript": "js",
  "application/gzip": "gz",
  "application/epub+zip": "epub",
  "application/msword": "doc",
  "application/vnd.ms-excel": "xls",
  "application/vnd.ms-powerpoint": "ppt",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
};

/** Types of `application` and `text` whose name is their ending, as it is for all other audio, images and video. */
const NAMED =
  /^(?:application\/(?:json|pdf|rtf|xml|yaml|zip|x-tar|x-yaml|x-zip)|text\/(?:css|csv|html|rtf|xml|yaml|x-yaml))$/;

function endingOf(type: string): string | undefined {
  const [essence = ""] = type.toLowerCase().split(";");
  const bare = essence.trim();
  const known = Object.hasOwn(ENDINGS, bare) ? ENDINGS[bare] : undefined;
  if (known !== undefined || !(NAMED.test(bare) || /^(?:audio|image|video)\//.test(bare))) return known;
  return /^[a-z]+\/(?:x-)?(\w+)$/.exec(bare)?.[1];
}

function nameOf(value: FormFile, given: string | undefined): string {
  if (given) return given;
  // Streams have no name, and Bun's files have their path as their name.
  const name: unknown = Reflect.get(value, "name");
  const last = typeof name === "string" ? name.replace(/^.*[/\\]/s, "") : "";
  if (last !== "") return last;
  const ending = value instanceof Blob ? endingOf(value.type) : undefined;
  return ending === undefined ? "file" : `file.${ending}`;
}

/** Quotes a name as HTML forms do: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
const quoted = (text: string): string => `"${text.replace(/[\r\n"]/g, (one) => encodeURIComponent(one))}"`;

function streamedForm(pairs: Pair[], filename: string | undefined): FormBody {
  const boundary = `fetchat-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  const parts = pairs.flatMap(([name, value]) => {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}`;
    if (typeof value === "string") return [`${head}\r\n\r\n${value}\r\n`];
    const type = (value instanceof Blob && value.type) || "application/octet-stream";
    const file = `${head}; filename=${quoted(nameOf(value, filename))}\r\nContent-Type: ${type}\r\n\r\n`;
    return [file, value, "\r\n"];
  });
  const streams = [...parts, `--${boundary}--\r\n`].map((part) =>
    part instanceof ReadableStream ? part : new Blob([part]).stream(),
  );
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  async function next(): Promise<Uint8Array | undefined> {
    const [stream] = streams;
    if (!stream) return undefined;
    reader ??= stream.getReader();
    const { done, value } = await reader.read();
    if (!done) {
      checkPiece("file", value);
      return value;
    }
    reader = undefined;
    streams.shift();
    return next();
  }

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(out) {
        form.begun = true;
        const bytes = await next().catch((error: unknown) => {
          throw (form.failure = error);
        });
        if (bytes) out.enqueue(bytes);
        else out.close();
      },
      async cancel(reason) {
        // The stream that is being read is locked.
        await reader?.cancel(reason);
        for (const stream of streams) if (!stream.locked) await stream.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const form: FormBody = { body, contentType: `multipart/form-data; boundary=${boundary}` };
  return form;
}
