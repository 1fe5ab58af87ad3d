import { wholeFile } from "../http/upload.ts";
import type { Upload } from "../http/upload.ts";

/** The most bytes that one call turns into characters: engines limit the number of arguments. */
const AT_ONCE = 0x8000;

/**
 * Returns a file as a `data:` URL, for an image or a document in a message.
 *
 * @param file a Blob or File, bytes, a response, or anything else that can be uploaded
 * @param type its media type. Default: its own, or the one that its first bytes tell, else `application/octet-stream`
 * @throws InputError for what is no file
 * @example
 * ```ts
 * const url = await dataURL(await fetch("https://example.com/heron.png"));
 * const content = [{ type: "text", text: "Which bird is it?" } as const, { type: "image_url", image_url: { url } } as const];
 * console.log(textOf(await client.chat([{ role: "user", content }])));
 * ```
 */
export async function dataURL(file: Upload, type?: string): Promise<string> {
  const blob = await wholeFile("file", file);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += AT_ONCE) text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  return `data:${type ?? (blob.type || "application/octet-stream")};base64,${btoa(text)}`;
}
