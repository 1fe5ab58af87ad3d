/** Code blocks of a Markdown page, with what a comment before each says of how it is to be run. */

const PLATFORMS = ["node", "bun", "worker", "deno", "browser"] as const;

/** The platform of a block. */
export type Platform = (typeof PLATFORMS)[number];

/** A request to a block that serves. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** The expected status. Default: any of 200 to 299. */
  readonly status: number | undefined;
}

/** A fenced block. */
export interface Snippet {
  /** The line of the opening fence, from 1. */
  readonly line: number;
  /** The language of the fence: `ts`, `sh`, … */
  readonly language: string;
  readonly code: string;
  /** The platform of a `ts` block. Default `node`. */
  readonly platform: Platform;
  /** True if a comment names the platform. */
  readonly declared: boolean;
  /** True if the block is only type-checked. */
  readonly typesOnly: boolean;
  /** True if the block starts a server. */
  readonly serves: boolean;
  /** True if the block prints the same as the one before it, which does the same with another library. */
  readonly sameOutput: boolean;
  /** Code before the block that the page does not show. */
  readonly given: string;
  /** The block's file name, by which other blocks of the page import it. Default `line-N.ts`. */
  readonly file: string;
  /** The bindings of a Worker besides the key: `kv CHATS`, `d1 DB`, `object CHAT Chat`, `limit LIMIT`, `var NAME value`. */
  readonly bindings: readonly string[];
  /** The requests to a block that serves. Default: one with a list of messages. */
  readonly asks: readonly Ask[];
  /** The page's `sql` blocks, which create the tables of its D1 databases. */
  readonly sql: string;
}

/**
 * Reads the code blocks of a page. A comment before a block can give its platform, as `<!-- runs: PLATFORM -->`, with
 * flags after it and code on further lines:
 *
 *     <!-- runs: worker, continues, kv CHATS
 *     asks: POST /chat/1 cookie="user=ann" [{"role":"user","content":"Hello"}]
 *     asks: GET /chat/2 -> 404
 *     interface Env { OPENAI_API_KEY: string }
 *     -->
 *
 * | flag | meaning |
 * |---|---|
 * | `types only` | the block is not run |
 * | `continues` | the block includes the previous block of the same platform |
 * | `same output` | the block prints what the block before it prints |
 * | `serves` | the block starts a server (node, bun, deno), which gets the requests of the `asks:` lines |
 * | `file NAME.ts` | other blocks of the page import it as `./NAME.ts` |
 * | `kv NAME`, `d1 NAME`, `r2 NAME`, `limit NAME`, `object NAME CLASS`, `var NAME VALUE` | a binding of the Worker, declared in `Env` |
 */
export function snippetsOf(page: string): Snippet[] {
  const snippets: Snippet[] = [];
  const lines = page.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*)(`{3,})(\w*)/.exec(lines[at] ?? "");
    if (fence === null) continue;
    const [, , ticks = "```", language = ""] = fence;
    const end = lines.findIndex((line, index) => index > at && line.trim() === ticks);
    if (end === -1) throw new Error(`the block that begins at line ${at + 1} does not end`);
    const { continues, file = `line-${at + 1}.ts`, ...directive } = directiveBefore(lines, at);
    const before = continues
      ? snippets.findLast((one) => one.language === language && one.platform === directive.platform)
      : undefined;
    const given = [before?.given, before?.code, directive.given]
      .filter((text) => text !== undefined && text !== "")
      .join("\n");
    const code = lines.slice(at + 1, end).join("\n");
    snippets.push({ line: at + 1, language, code, sql: "", ...directive, file, given });
    at = end;
  }
  const sql = snippets
    .filter((one) => one.language === "sql")
    .map((one) => one.code)
    .join("\n");
  return snippets.map((one) => ({ ...one, sql }));
}

interface Directive extends Omit<Snippet, "line" | "language" | "code" | "sql" | "file"> {
  readonly continues: boolean;
  readonly file: string | undefined;
}

function directiveBefore(lines: readonly string[], at: number): Directive {
  const [head = "", ...rest] = commentBefore(lines, at).split("\n");
  const [found, platform = "node", after = ""] = /^runs:\s*(\w+)(.*)$/.exec(head.trim()) ?? [];
  if (!isPlatform(platform)) throw new Error(`line ${at}: there is no platform ${platform}`);
  const flags = after
    .split(",")
    .map((flag) => flag.trim())
    .filter((flag) => flag !== "");
  const bindings = flags.filter((flag) => /^(kv|d1|r2|limit|object|var) /.test(flag));
  const [file] = flags.flatMap((flag) => /^file (.+)$/.exec(flag)?.[1] ?? []);
  const known = ["types only", "serves", "continues", "same output", ...bindings, `file ${file}`];
  const unknown = flags.find((flag) => !known.includes(flag));
  if (unknown !== undefined) throw new Error(`line ${at}: there is no flag ${unknown}`);
  const isAsk = (line: string): boolean => line.trim().startsWith("asks:");
  return {
    platform,
    declared: found !== undefined,
    typesOnly: flags.includes("types only"),
    serves: flags.includes("serves"),
    sameOutput: flags.includes("same output"),
    continues: flags.includes("continues"),
    given: rest.filter((line) => !isAsk(line)).join("\n"),
    file,
    bindings,
    asks: rest.filter(isAsk).map((line) => askOf(line, at)),
  };
}

/** Returns the text of the comment that ends before a line, or an empty string. */
function commentBefore(lines: readonly string[], at: number): string {
  let end = at - 1;
  while (end >= 0 && lines[end]?.trim() === "") end--;
  if (lines[end]?.trim().endsWith("-->") !== true) return "";
  const start = lines.findLastIndex((line, index) => index <= end && line.includes("<!--"));
  const text = lines.slice(start, end + 1).join("\n");
  return text.replace(/^\s*<!--\s*/, "").replace(/\s*-->\s*$/, "");
}

function isPlatform(name: string): name is Platform {
  return (PLATFORMS as readonly string[]).includes(name);
}

/** Reads `asks: METHOD PATH name="value" … BODY -> STATUS`, of which all after the path can be left out. */
function askOf(line: string, at: number): Ask {
  const parts = /^\s*asks:\s*([A-Z]+)\s+(\/\S*)((?:\s+[\w-]+="[^"]*")*)(?:\s+(.*?))??(?:\s+->\s+(\d{3}))?\s*$/.exec(
    line,
  );
  if (parts === null) throw new Error(`line ${at}: expected "asks: METHOD /path", found "${line.trim()}"`);
  const [, method = "", path = "", named = "", body, status] = parts;
  const headers = [...named.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value] as const);
  return {
    method,
    path,
    headers: Object.fromEntries(headers),
    body,
    status: status === undefined ? undefined : Number(status),
  };
}
