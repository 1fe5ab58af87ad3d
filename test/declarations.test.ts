import { readdir, readFile, rm } from "node:fs/promises";
import { build } from "tsup";
import { beforeAll, describe, expect, it } from "vitest";
import { smallDeclarations } from "../scripts/lib/declarations.ts";
import { CACHE, INSTALLED } from "../scripts/lib/paths.ts";
import { squeezeDeclarations } from "../scripts/lib/squeeze.ts";
import config from "../tsup.config.ts";
import { hoversOf } from "./support/hovers.ts";

describe("a declaration file that is squeezed", () => {
  it("keeps its lines, without indentation and empty ones", () => {
    const text =
      "interface A {\n    readonly one: string | undefined;\n\n    two?: {\n        three: () => void;\n    }[];\n}\ndeclare const a: keyof A;\n";
    expect(squeezeDeclarations(text)).toBe(
      "interface A {\nreadonly one: string | undefined;\ntwo?: {\nthree: () => void;\n}[];\n}\ndeclare const a: keyof A;\n",
    );
  });

  it("keeps a doc comment's words and lines, without the stars before them", () => {
    const text =
      "    /**\n     * One.\n     *\n     * - a list\n     *   goes on\n     * * a star\n     * @param a is `b`\n     */\n    one(a: string): void;\n    /** Two. */\n    two: B;\n";
    expect(squeezeDeclarations(text)).toBe(
      "/** One.\n\n- a list\n  goes on\n     * * a star\n@param a is `b` */\none(a: string): void;\n/** Two. */\ntwo: B;\n",
    );
  });
});

describe("declaration files whose exports are shortened", () => {
  const small = (files: Record<string, string>): Record<string, string> =>
    Object.fromEntries(smallDeclarations(new Map(Object.entries(files)), ["index", "browser"]));
  const shared = "interface One {\n}\ndeclare class Two {\n}\nexport { Two as T };\nexport type { One as O };\n";
  const index =
    "import { T as Two } from './shared-x.js';\nexport { O as One } from './shared-x.js';\n\ndeclare const three: Two;\ndeclare function four(): void;\n\nexport { Two, four, three };\n";

  it("export a name where it is declared, and share it as it is called", () => {
    expect(small({ "shared-x.d.ts": shared })).toEqual({
      "shared-x.d.ts": "export interface One {\n}\nexport class Two {\n}",
    });
  });

  it("export by a star what they export whole of another", () => {
    const text =
      'import { Two } from "./shared-x.js";\nexport * from "./shared-x.js";\nexport const three: Two;\nexport function four(): void;';
    expect(small({ "index.d.ts": index, "shared-x.d.ts": shared })["index.d.ts"]).toBe(text);
  });

  it("export their own of a name rather than the other's, and reach a third through the other", () => {
    const browser =
      "export { Two, three } from './index.js';\nexport { O as One } from './shared-x.js';\n\ndeclare function four(): string;\n\nexport { four };\n";
    expect(small({ "browser.d.ts": browser, "index.d.ts": index, "shared-x.d.ts": shared })["browser.d.ts"]).toBe(
      'export * from "./index.js";\nexport function four(): string;',
    );
  });

  it("name what they export of another where that has more", () => {
    const browser = "export { T as Two } from './shared-x.js';\n";
    expect(small({ "browser.d.ts": browser, "shared-x.d.ts": shared })["browser.d.ts"]).toBe(
      'export { Two } from "./shared-x.js";',
    );
  });

  it("do not export what they declare for themselves", () => {
    const text = "declare const own: number;\ntype Own = typeof own;\ndeclare const other: Own;\nexport { other };\n";
    expect(small({ "index.d.ts": text })["index.d.ts"]).toBe(
      "declare const own: number;\ntype Own = typeof own;\nexport const other: Own;\nexport {};",
    );
    const all = "declare const own: number;\nexport { own as other };\n";
    expect(small({ "index.d.ts": all })["index.d.ts"]).toBe("export { own as other };\ndeclare const own: number;");
  });
});

describe("the package's declarations, made small", async () => {
  const [{ entry }] = (await (config as () => Promise<unknown>)()) as [{ entry: Record<string, string> }];
  const entries = Object.keys(entry);
  const outDir = `${CACHE}/declarations`;
  const files = new Map<string, string>();
  beforeAll(async () => {
    await rm(outDir, { recursive: true, force: true });
    await build({ config: false, silent: true, format: "esm", entry, dts: { only: true }, outDir });
    for (const name of await readdir(outDir)) files.set(name, await readFile(`${outDir}/${name}`, "utf8"));
  });

  it("show an editor the same of each name that is exported, and have it in the same place", () => {
    const shown = hoversOf(files, entries);
    expect(
      entries.filter((name) => shown[name]!.filter(([, , documentation]) => documentation !== "").length < 10),
    ).toEqual([]);
    expect(hoversOf(smallDeclarations(files, entries), entries)).toEqual(shown);
  });

  it("are what is published", async () => {
    const small = smallDeclarations(files, entries);
    const published = [...small.keys()].map(
      async (name) => [name, await readFile(`${INSTALLED}/node_modules/fetchat/dist/${name}`, "utf8")] as const,
    );
    expect(await Promise.all(published)).toEqual([...small]);
  });
});
