import { describe, expect, it } from "vitest";
import { minify } from "../scripts/lib/minify.ts";

describe("a module that is minified", () => {
  const module = `import { other } from "./other.js";\nexport * from "./index.js";\nvar LONGEST = [1, 2];\nvar SHARED = 3;\nfunction readError(response) {\n  return other(response, LONGEST, SHARED);\n}\nexport {\n  SHARED,\n  readError\n};\n`;

  it("keeps its names and its stars", async () => {
    expect((await minify(module, { path: "a.js" }))?.code).toBe(
      'import{other}from "./other.js";\nvar LONGEST=[1,2],SHARED=3;function readError(r){return other(r,LONGEST,SHARED)}\nexport*from "./index.js";\nexport{SHARED,readError};\n',
    );
  });

  it("is refused where its imports or exports are not as the builder writes them", async () => {
    await expect(minify("export const a = 1;\n", { path: "a.js" })).rejects.toThrow(
      "a.js: this is not as esbuild writes imports and exports: export const a = 1;",
    );
  });

  it("is left alone where it is none", async () => {
    expect(await minify("{}", { path: "a.js.map" })).toBeUndefined();
  });
});
