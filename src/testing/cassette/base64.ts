/** Encodes bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(latin(bytes));
}

/** Returns a string with one character per byte, so that positions in both are equal. */
export function latin(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Decodes base64. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
