/** Code blocks of a Markdown page, with what a comment before each says of how it is to be run. */

/** The platform of a TypeScript block. */
export type Platform = "node" | "worker" | "deno" | "browser";

/** A fenced block. */
export interface Snippet {
  /** The line of the opening fence, from 1. */
  readonly line: number;
  /** The language of the fence: `ts`, `sh`, … */
  readonly language: string;
  readonly code: string;
  /** The platform of a `ts` block. Default `node`. */
  readonly platform: Platform;
  /** True if the block is only type-checked. */
  readonly typesOnly: boolean;
  /** True if the block starts a server. */
  readonly serves: boolean;
  /** True if the block prints the same as the one before it, which does the same with another library. */
  readonly sameOutput: boolean;
  /** Code before the block that the page does not show. */
  readonly given: string;
}

/**
 * Reads the code blocks of a page. A comment before a block can give its platform, as `<!-- runs: PLATFORM -->`, with
 * `, serves`, `, types only`, `, continues` or `, same output` after it, and code on further lines:
 *
 *     <!-- runs: worker, continues
 *     interface Env { OPENAI_API_KEY: string }
 *     -->
 *
 * A block that continues includes the previous block of the same platform. One with the same output prints what the block before it prints.
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
    const directive = directiveBefore(lines, at);
    const before = directive.continues
      ? snippets.findLast((one) => one.language === language && one.platform === directive.platform)
      : undefined;
    const given = [before?.given, before?.code, directive.given]
      .filter((text) => text !== undefined && text !== "")
      .join("\n");
    snippets.push({
      line: at + 1,
      language,
      code: lines.slice(at + 1, end).join("\n"),
      platform: directive.platform,
      typesOnly: directive.typesOnly,
      serves: directive.serves,
      sameOutput: directive.sameOutput,
      given,
    });
    at = end;
  }
  return snippets;
}

interface Directive {
  readonly platform: Platform;
  readonly typesOnly: boolean;
  readonly serves: boolean;
  readonly continues: boolean;
  readonly sameOutput: boolean;
  readonly given: string;
}

function directiveBefore(lines: readonly string[], at: number): Directive {
  let end = at - 1;
  while (end >= 0 && lines[end]?.trim() === "") end--;
  const start =
    lines[end]?.trim().endsWith("-->") === true
      ? lines.findLastIndex((line, index) => index <= end && line.includes("<!--"))
      : -1;
  const comment =
    start === -1
      ? ""
      : lines
          .slice(start, end + 1)
          .join("\n")
          .replace(/^\s*<!--\s*/, "")
          .replace(/\s*-->\s*$/, "");
  const [head = "", ...given] = comment.split("\n");
  const [, platform = "node", flags = ""] = /^runs:\s*(\w+)(.*)$/.exec(head.trim()) ?? [];
  if (!["node", "worker", "deno", "browser"].includes(platform))
    throw new Error(`line ${start + 1}: there is no platform ${platform}`);
  const has = (flag: string): boolean => flags.split(",").some((one) => one.trim() === flag);
  return {
    platform: platform as Platform,
    typesOnly: has("types only"),
    serves: has("serves"),
    continues: has("continues"),
    sameOutput: has("same output"),
    given: given.join("\n"),
  };
}
