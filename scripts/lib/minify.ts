import { transform } from "esbuild";

/** What the builder hands over: an ES module as esbuild writes one, where it will lie, and its source map. */
export interface Chunk {
  readonly path: string;
  readonly map?: unknown;
}

/** A module made small, with the map from it back to what it was made of. */
export interface Minified {
  readonly code: string;
  /** None where the module holds nothing of any source. */
  readonly map?: string;
}

const IMPORT = /^import\s[^"]*"[^"\n]+";\n/gm;
const EXPORT = /^export \{[^}]*\};\n|^export \* from "[^"\n]+";\n/gm;

/**
 * Makes an ES module of esbuild's small, and keeps the names of its functions and classes: they stand in stack traces and in what a
 * console shows of an object. Lines stay short, since a runtime prints the whole line at which an uncaught error was thrown.
 *
 * esbuild keeps top-level names in scripts alone, so imports and exports are taken out before and put back after.
 */
export async function minify(code: string, { path, map: given }: Chunk): Promise<Minified | undefined> {
  if (!path.endsWith(".js")) return undefined;
  const imports = code.match(IMPORT) ?? [];
  const exports = code.match(EXPORT) ?? [];
  const script = code.replace(IMPORT, emptyLines).replace(EXPORT, emptyLines);
  const left = /^(?:import|export)\b.*/m.exec(script)?.[0];
  if (left !== undefined) throw new Error(`${path}: this is not as esbuild writes imports and exports: ${left}`);
  const small = await transform(script, {
    minify: true,
    target: "es2022",
    lineLimit: 160,
    charset: "utf8",
    sourcemap: true,
    sourcefile: path,
    legalComments: "inline",
  });
  const before = imports.map((text) => `${squeezed(text)}\n`).join("");
  const after = exports.map((text) => `${squeezed(text)}\n`).join("");
  const minified = `${before}${small.code}${after}`;
  if (typeof given !== "string" || (JSON.parse(given) as { sources: unknown[] }).sources.length === 0)
    return { code: minified };
  const map = JSON.parse(small.map) as { mappings: string };
  return { code: minified, map: JSON.stringify({ ...map, mappings: ";".repeat(imports.length) + map.mappings }) };
}

/** Where a line is taken out, what comes after it stays in its line. */
function emptyLines(text: string): string {
  return text.replace(/[^\n]/g, "");
}

function squeezed(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/ ?([{},*]) ?/g, "$1");
}
