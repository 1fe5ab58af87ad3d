import ts from "typescript";

/**
 * Makes a declaration file small, and says the same to compilers and editors: it has its lines, but no indentation, no space that no token
 * needs, no semicolon at a line's end, and of comments the text. Comments that document nothing are left out.
 */
export function squeezeDeclarations(text: string): string {
  const file = ts.createSourceFile("squeezed.d.ts", text, ts.ScriptTarget.ESNext, true);
  let small = "";
  let last: ts.Node | undefined;
  for (const token of tokensOf(file)) {
    const gap = text.slice(last?.end ?? 0, token.getStart(file));
    const between = last === undefined ? commentsOf(gap) : separator(last, gap, token);
    const endsLine = last?.kind === ts.SyntaxKind.SemicolonToken && between.startsWith("\n") && !GOES_ON.has(token.kind);
    small = `${endsLine ? small.slice(0, -1) : small}${between}${token.getText(file)}`;
    last = token;
  }
  return `${small.replace(/;$/, "")}\n`;
}

/** With these a line goes on that has no semicolon. */
const GOES_ON = new Set([ts.SyntaxKind.OpenParenToken, ts.SyntaxKind.OpenBracketToken, ts.SyntaxKind.LessThanToken]);

function tokensOf(file: ts.SourceFile): ts.Node[] {
  const tokens: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    if (children.length > 0) children.forEach(visit);
    else if (node.getWidth(file) > 0) tokens.push(node);
  };
  visit(file);
  return tokens;
}

/** An editor that is pointed at the beginning of a quoted name must not find the word before it. */
const WORD = /^[\w$#"'`]/;

function separator(before: ts.Node, gap: string, after: ts.Node): string {
  const comments = commentsOf(gap);
  if (comments !== "" || gap.includes("\n")) return `\n${comments}`;
  return gap !== "" && WORD.test(before.getText()) && WORD.test(after.getText()) ? " " : "";
}

/** The doc comments of what stands between two tokens, each with the line's end. */
function commentsOf(gap: string): string {
  return [...gap.matchAll(/\/\*\*([\s\S]*?)\*\//g)].map(([, text = ""]) => `/**${textOf(text)}*/\n`).join("");
}

/** A doc comment's lines without the stars before them. A line that begins with a star of its own keeps both. */
function textOf(comment: string): string {
  const [first = "", ...others] = comment.split("\n");
  return [first, ...others.map((line) => line.replace(/^\s*\* ?(?!\s*\*)/, ""))].join("\n").trim();
}
