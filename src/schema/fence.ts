const FENCE = /^\s*(`{3,}|~{3,})([^\n`]*)\n/;
/** The most characters of an opening. */
const LONGEST_OPENING = 500;
const ON_ONE_LINE = /^\s*(`{3,}|~{3,})[\w+.-]*\s*/;

/**
 * Returns the text in a Markdown code fence with any info string. A fence without an end reaches to the end of the text.
 *
 * @returns `undefined` unless the whole text is one fence
 */
export function insideFence(text: string): string | undefined {
  const [opening, mark] = openingOf(text) ?? [];
  if (opening === undefined || mark === undefined) return undefined;
  const inside = text.slice(opening.length).trimEnd();
  let end = inside.length;
  while (end > 0 && inside[end - 1] === mark[0]) end--;
  return inside.slice(0, end);
}

/** Matches the opening of a fence. JSON begins after its line or, without a line break, after the info string. */
function openingOf(text: string): readonly string[] | undefined {
  const found = FENCE.exec(text);
  return found && !/[[{"]/.test(found[2] ?? "") ? found : (ON_ONE_LINE.exec(text) ?? undefined);
}

/** Removes the opening of a Markdown code fence from a text that arrives in pieces. */
export class FenceOpening {
  #waiting: string | undefined = "";

  /** Reads the next piece. @returns the new text that is certainly not part of the opening */
  strip(piece: string): string {
    if (this.#waiting === undefined) return piece;
    const text = (this.#waiting = (this.#waiting + piece).trimStart());
    const isOpening = text === "" || text.startsWith("`") || text.startsWith("~");
    // The opening ends with its line, or where a value begins.
    if (isOpening && text.length < LONGEST_OPENING && !/[\n[{"]/.test(text)) return "";
    this.#waiting = undefined;
    return isOpening ? text.slice((openingOf(text)?.[0] ?? "").length) : text;
  }
}
