import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";

/** Returns the anchor of a heading as GitHub makes it, so that a link works in the repository and on the site. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");
}

/**
 * Checks a built site: every internal link leads to a page that exists and to an anchor on it, and no page loads
 * anything from another host. Returns the faults.
 *
 * @param base the site's path on its host
 */
export async function checkSite(folder: string, base: string): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".html"));
  const pages = new Map(files.map((file) => [file, readFileSync(`${folder}/${file}`, "utf8")]));
  const anchors = new Map([...pages].map(([file, html]) => [file, anchorsOf(html)]));
  const assets = new Set(await readdir(folder, { recursive: true }));
  const faults: string[] = [];
  for (const [file, html] of pages) {
    if (file === "404.html") continue;
    for (const [, url = ""] of html.matchAll(/<(?:link|script|img|iframe|source)\b[^>]*?\s(?:href|src)="([^"]*)"/g))
      if (/^(https?:)?\/\//.test(url)) faults.push(`${file} loads ${url}`);
    for (const [, href = ""] of html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)) {
      const fault = faultOf(href, file, { base, anchors, assets });
      if (fault !== undefined) faults.push(`${file}: ${fault}`);
    }
  }
  return [...new Set(faults)].sort();
}

interface Site {
  readonly base: string;
  readonly anchors: ReadonlyMap<string, ReadonlySet<string>>;
  readonly assets: ReadonlySet<string>;
}

function faultOf(href: string, file: string, { base, anchors, assets }: Site): string | undefined {
  if (/^(https?|mailto):/.test(href)) return undefined;
  const [path = "", anchor] = href.replaceAll("&amp;", "&").split("#");
  const target = path === "" ? file : fileOf(new URL(path, `http://site${base}${file}`).pathname, base);
  if (target === undefined || (!anchors.has(target) && !assets.has(target))) return `${href} leads nowhere`;
  if (anchor !== undefined && anchor !== "" && anchors.get(target)?.has(decodeURIComponent(anchor)) !== true)
    return `${target} has no anchor for ${href}`;
  return undefined;
}

/** Returns the file of an address without `.html`, or `undefined` if it is not below the base. */
function fileOf(address: string, base: string): string | undefined {
  if (!`${address}/`.startsWith(base)) return undefined;
  const path = decodeURIComponent(address.slice(base.length));
  if (path === "" || path.endsWith("/")) return `${path}index.html`;
  return /\.(html|js|css|json|svg|png|md)$/.test(path) ? path : `${path}.html`;
}

function anchorsOf(html: string): Set<string> {
  return new Set([...html.matchAll(/\s(?:id|name)="([^"]*)"/g)].map(([, id = ""]) => id.replaceAll("&amp;", "&")));
}
