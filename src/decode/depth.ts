/** Deeper values cannot be written as JSON everywhere: engines give up at some thousand levels, and some runtimes far earlier. */
const DEEPEST = 100;

/**
 * Returns whether a value is nested deeper than an answer has reason to be.
 *
 * @param value JSON that came over the wire
 */
export function isDeep(value: unknown): boolean {
  let level = [value];
  // No recursion: the stack is what a deep value exhausts.
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? (Object.values(one) as unknown[]) : []));
  }
  return false;
}
