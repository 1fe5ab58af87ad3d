import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, extname, posix } from "node:path";
import { ROOT } from "./paths.ts";

/** The folder of the pages that show the repository's files, which git ignores. */
const SOURCES = `${ROOT}/docs/source`;

const LANGUAGES: Readonly<Record<string, string>> = {
  ".ts": "ts",
  ".mjs": "js",
  ".js": "js",
  ".json": "json",
  ".toml": "toml",
  ".html": "html",
  ".css": "css",
  ".sh": "sh",
  ".yml": "yaml",
};

/**
 * Returns the site's path for a link of a page, or `undefined` if the link stays as it is. A link to a file or folder
 * of the repository that is no page of the site leads to a page that shows it, so that the same link works in the
 * repository and on the site.
 *
 * @param page the page's path in the repository
 */
export function sourceLink(href: string, page: string): string | undefined {
  if (/^[a-z]+:|^[#/]/i.test(href)) return undefined;
  const [path = "", anchor] = href.split("#");
  const target = posix.join(posix.dirname(page), decodeURIComponent(path)).replace(/\/$/, "");
  if (isPage(target) || !existsSync(`${ROOT}/${target}`)) return undefined;
  return `/source/${nameOf(target)}${anchor === undefined ? "" : `#${anchor}`}`;
}

/** True for the pages of docs/ itself. */
function isPage(path: string): boolean {
  return /^docs\/(?!decisions\/)[\w/.-]+\.md$/.test(path);
}

function nameOf(path: string): string {
  return path === "" || path === "." ? "repository" : path.replaceAll(/[/.]+/g, "-").toLowerCase();
}

/** Writes a page for each file and folder of the repository that a page of docs/ links to, and for what those link to. */
export async function writeSources(): Promise<void> {
  await rm(SOURCES, { recursive: true, force: true });
  await mkdir(SOURCES, { recursive: true });
  const waiting = readdirSync(`${ROOT}/docs`)
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) => targetsOf(`docs/${file}`));
  const written = new Set<string>();
  for (let target = waiting.pop(); target !== undefined; target = waiting.pop()) {
    if (written.has(target)) continue;
    written.add(target);
    const markdown = markdownOf(target);
    if (markdown !== undefined) waiting.push(...targetsOf(markdown));
    await writeFile(`${SOURCES}/${nameOf(target)}.md`, pageOf(target, markdown));
  }
}

/** Returns the files and folders that a Markdown file links to and that are no pages. */
function targetsOf(page: string): string[] {
  const text = readFileSync(`${ROOT}/${page}`, "utf8");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, href = ""]) => {
    if (sourceLink(href, page) === undefined) return [];
    const [path = ""] = href.split("#");
    return [posix.join(dirname(page), path).replace(/\/$/, "")];
  });
}

/** Returns the Markdown file of a target: the file itself, or a folder's README. */
function markdownOf(target: string): string | undefined {
  if (target.endsWith(".md")) return target;
  const readme = `${target}/README.md`;
  return existsSync(`${ROOT}/${readme}`) ? readme : undefined;
}

function pageOf(target: string, markdown: string | undefined): string {
  const front = `---\neditLink: false\noutline: 2\nsearch: false\n---\n\n`;
  const text = markdown === undefined ? `# ${target}\n` : rebased(markdown);
  const files = statSync(`${ROOT}/${target}`).isDirectory() ? filesIn(target) : markdown === undefined ? [target] : [];
  const code = files.map((file) => {
    const title = file === target ? "" : `\n## ${file.slice(target.length + 1)}\n`;
    const content = readFileSync(`${ROOT}/${file}`, "utf8").trimEnd();
    const ticks = "`".repeat(Math.max(3, ...[...content.matchAll(/`+/g)].map(([run]) => run.length + 1)));
    return `${title}\n${ticks}${LANGUAGES[extname(file)] ?? "text"}\n${content}\n${ticks}\n`;
  });
  return `${front}${text}${code.join("")}`;
}

/** Returns the text of a Markdown file with its links as seen from the pages that show it. */
function rebased(markdown: string): string {
  const text = readFileSync(`${ROOT}/${markdown}`, "utf8");
  return text.replaceAll(/\]\(([^)\s]+)\)/g, (whole, href: string) => {
    const [path = "", anchor = ""] = href.split(/(?=#)/);
    if (/^[a-z]+:|^[#/]/i.test(href)) return whole;
    const target = posix.join(posix.dirname(markdown), path);
    const link = sourceLink(href, markdown) ?? `/${target.replace(/^docs\//, "").replace(/\.md$/, "")}${anchor}`;
    return `](${link})`;
  });
}

/** Returns a folder's files that are worth reading, up to two folders deep. */
function filesIn(folder: string): string[] {
  return readdirSync(`${ROOT}/${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return [];
    return LANGUAGES[extname(path)] === undefined || entry.name.includes("lock") ? [] : [path];
  });
}
