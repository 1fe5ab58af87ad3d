import { readdir, readFile } from "node:fs/promises";
import { ROOT } from "./paths.ts";

const COPYRIGHT = /^copyright .*$/im;

/**
 * Returns the licence comment for a file that contains the package and the named dependencies: each one's version and
 * copyright, and the licence that they share. Rejects if a dependency has another licence.
 */
export async function licences(names: readonly string[]): Promise<string> {
  const all = await Promise.all([ROOT, ...names.map((name) => `${ROOT}/node_modules/${name}`)].map(readNotice));
  const [own] = all;
  const other = all.find(({ terms }) => oneLine(terms) !== oneLine(own?.terms ?? ""));
  if (other !== undefined)
    throw new Error(`${other.name} is not under the licence of this package: give its own text a place in fetchat.js`);
  const lines = [...all.map(({ name, copyright }) => `${name}: ${copyright}`), "", ...(own?.terms ?? "").split("\n")];
  return `/*!\n${lines.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */`;
}

interface Notice {
  readonly name: string;
  readonly copyright: string;
  readonly terms: string;
}

async function readNotice(folder: string): Promise<Notice> {
  const { name, version } = JSON.parse(await readFile(`${folder}/package.json`, "utf8")) as {
    name: string;
    version: string;
  };
  const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one)) ?? "LICENSE";
  const text = (await readFile(`${folder}/${file}`, "utf8")).trim();
  return {
    name: `${name} ${version}`,
    copyright: COPYRIGHT.exec(text)?.[0] ?? "",
    terms: text.replace(COPYRIGHT, "").replace(/\n{3,}/g, "\n\n"),
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
