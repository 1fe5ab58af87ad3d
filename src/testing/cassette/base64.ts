/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(latin(bytes));
}

/** One letter a byte, so that places in the text are places in the bytes. */
export function latin(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Base64 as bytes. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
