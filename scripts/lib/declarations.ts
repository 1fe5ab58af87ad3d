import { readdir, readFile, writeFile } from "node:fs/promises";
import { shortenExports } from "./reexports.ts";
import { squeezeDeclarations } from "./squeeze.ts";

/** Makes the builder's declaration files in a folder small: the same names from each entry, the same types, the same words about them. */
export async function writeSmallDeclarations(folder: string, entries: readonly string[]): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".d.ts"));
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(`${folder}/${name}`, "utf8")] as const),
  );
  const small = smallDeclarations(new Map(texts), entries);
  await Promise.all([...small].map(([name, text]) => writeFile(`${folder}/${name}`, text)));
}

/** The same in memory: texts by name in, texts by name out. */
export function smallDeclarations(texts: ReadonlyMap<string, string>, entries: readonly string[]): Map<string, string> {
  const shortened = shortenExports(texts, new Set(entries.map((entry) => `${entry}.d.ts`)));
  return new Map([...shortened].map(([name, text]) => [name, squeezeDeclarations(text)]));
}
