const DOC_COMMENT = /(\/\*\*[\s\S]*?\*\/\n?)/;

/**
 * Makes a declaration file small, and says the same to compilers and editors: no indentation, no empty lines, and no stars at the beginnings of a
 * doc comment's lines.
 */
export function squeezeDeclarations(text: string): string {
  const pieces = text
    .split(DOC_COMMENT)
    .map((piece, at) => (at % 2 === 1 ? withoutStars(piece) : withoutIndentation(piece)));
  return pieces.join("");
}

function withoutIndentation(code: string): string {
  return code.replace(/^[ \t]+/gm, "").replace(/^\n/gm, "");
}

/** A line that begins with a star of its own keeps both. */
function withoutStars(comment: string): string {
  return comment
    .replace(/\n[ \t]*\* ?(?![ \t]*[*/])/g, "\n")
    .replace("/**\n", "/** ")
    .replace(/\n[ \t]*\*\//, " */");
}
