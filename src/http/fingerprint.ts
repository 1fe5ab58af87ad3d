/** A short hash of a text that grows. Its two 32-bit hashes detect changes; they protect no secret. */
export class Fingerprint {
  #first = 0x811c9dc5;
  #second = 0x1b873593;

  /** Adds text. @returns the fingerprint of all text so far */
  add(text: string): string {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      this.#first = Math.imul(this.#first ^ unit, 0x01000193);
      this.#second = Math.imul(this.#second ^ unit, 0x85ebca6b);
      this.#second ^= this.#second >>> 13;
    }
    return (this.#first >>> 0).toString(36) + (this.#second >>> 0).toString(36);
  }
}
