/** The deepest nesting that is kept. Engines cannot write deeper values everywhere: some give up at a few hundred levels. */
const DEEPEST = 100;

/**
 * Returns `true` if a value is nested too deep to be kept.
 *
 * @param value JSON from the wire
 */
export function isDeep(value: unknown): boolean {
  let level = [value];
  // No recursion: a deep value would exhaust the stack.
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((one): unknown[] => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return false;
}
