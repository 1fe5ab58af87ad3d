/**
 * Decodes base64, such as an image's `b64_json`.
 *
 * @param text the base64
 * @returns the bytes
 * @throws DOMException if the text is no base64
 * @example
 * ```ts
 * const { data } = await imageGeneration(client, "A heron at dawn");
 * const png = decodeBase64(data[0]?.b64_json ?? "");
 * ```
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
