const FENCE = /^\s*(`{3,}|~{3,})([^\n`]*)\n/;
/** How long an opening may be, in characters. */
const LONGEST_OPENING = 500;
const ON_ONE_LINE = /^\s*(`{3,}|~{3,})[\w+.-]*\s*/;

/**
 * Returns what stands in a Markdown code fence, with any info string. A fence that is not closed goes to the end of the text.
 *
 * @returns `undefined` unless the text is one fence alone
 */
export function insideFence(text: string): string | undefined {
  const [opening, mark] = openingOf(text) ?? [];
  if (opening === undefined || mark === undefined) return undefined;
  const inside = text.slice(opening.length).trimEnd();
  let end = inside.length;
  while (end > 0 && inside[end - 1] === mark[0]) end--;
  return inside.slice(0, end);
}

/** JSON begins behind the line of the fence, or, where there is no line break, behind the info string. */
function openingOf(text: string): readonly string[] | undefined {
  const found = FENCE.exec(text);
  return found && !/[[{"]/.test(found[2] ?? "") ? found : (ON_ONE_LINE.exec(text) ?? undefined);
}

/** Takes the opening of a Markdown code fence off a text that comes in pieces. */
export class FenceOpening {
  #waiting: string | undefined = "";

  /** Takes the next piece. @returns what of the text so far is surely not the opening, and was not returned before */
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
