const FENCE = /^```[^\n]*\n([\s\S]*?)(?:\n```[ \t]*$\n?|(?![\s\S]))/gm;
const INLINE = /`([^`\n]+)`|\*\*([^*\n]+)\*\*/g;

/** Shows a model's text: blocks of code, `code` and **bold** as such, all else as it is. It is never read as HTML. */
export function renderText(into: HTMLElement, text: string): void {
  const nodes: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(FENCE)) {
    nodes.push(...inline(text.slice(at, match.index).replace(/\n+$/, "")), codeBlock(match[1] ?? ""));
    at = match.index + match[0].length;
  }
  nodes.push(...inline(at > 0 ? text.slice(at).replace(/^\n+/, "") : text));
  into.replaceChildren(...nodes);
}

function codeBlock(code: string): HTMLElement {
  const block = document.createElement("pre");
  // What scrolls must be reachable without a mouse.
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
