const FENCE = /^```[^\n]*\n([\s\S]*?)(?:\n```[ \t]*$\n?|(?![\s\S]))/gm;
const INLINE = /`([^`\n]+)`|\*\*([^*\n]+)\*\*/g;

/**
 * Renders a model's text: code blocks, `code` and **bold**, everything else as plain text. It is never parsed as HTML.
 */
export function renderText(into: HTMLElement, text: string): void {
  const nodes: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(FENCE)) {
    nodes.push(...inline(between(text, at, match.index)), codeBlock(match[1] ?? ""));
    at = match.index + match[0].length;
  }
  nodes.push(...inline(between(text, at, text.length)));
  into.replaceChildren(...nodes);
}

/** Returns the text between two code blocks without empty lines, because blocks have their own margin. */
function between(text: string, from: number, to: number): string {
  const piece = text.slice(from, to);
  const head = from > 0 ? piece.replace(/^\n+/, "") : piece;
  return to < text.length ? head.replace(/\n+$/, "") : head;
}

function codeBlock(code: string): HTMLElement {
  const block = document.createElement("pre");
  // Scrollable content must be reachable with the keyboard.
  block.tabIndex = 0;
  block.append(element("code", code));
  return block;
}

function inline(text: string): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) nodes.push(new Text(text.slice(at, match.index)));
    nodes.push(match[1] === undefined ? element("strong", match[2] ?? "") : element("code", match[1]));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(new Text(text.slice(at)));
  return nodes;
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
