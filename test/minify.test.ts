import { describe, expect, it } from "vitest";
import { shortenConstants } from "../scripts/lib/constants.ts";
import { minify } from "../scripts/lib/minify.ts";

describe("a script whose constants are shortened", () => {
  const shorten = (script: string, ...kept: string[]): string => shortenConstants(script, new Set(kept));

  it("has everything else in its column", () => {
    expect(shorten("var LONGEST = 5, OTHER = [LONGEST];\nread(LONGEST, `${OTHER}`);")).toBe("var A       = 5, B     = [A      ];\nread(A      , `${B    }`);");
  });

  it("keeps the names of functions and classes, however they are written", () => {
    const script = "function first() {}\nclass Second {}\nvar third = () => {}, fourth = function () {}, Fifth = class {}, sixth = async () => {};\n[first, Second, third, fourth, Fifth, sixth];";
    expect(shorten(script)).toBe(script);
  });

  it("keeps names that other files know, and those that a property is named after", () => {
    expect(shorten("var VERSION = 1, timeout = 2, LIMIT = 3; f({ timeout }, VERSION, LIMIT)", "VERSION")).toBe("var VERSION = 1, timeout = 2, A     = 3; f({ timeout }, VERSION, A    )");
  });

  it("keeps what only has the same name: properties, parameters, variables inside", () => {
    const rest = "a.limit; ({ limit: 1 }); function f(limit) { return limit; } { let limit = 2; limit; }";
    expect(shorten(`var limit = 1; limit; ${rest}`)).toBe(`var A     = 1; A    ; ${rest}`);
  });

  it("takes no name that is taken, and none that is no shorter", () => {
    expect(shorten("var longest = 1, z = 2; function A(B) { return longest + z; }")).toBe("var C       = 1, z = 2; function A(B) { return C       + z; }");
  });
});

describe("a module that is minified", () => {
  const module = `import { other } from "./other.js";\nexport * from "./index.js";\nvar LONGEST = [1, 2];\nvar SHARED = 3;\nfunction readError(response) {\n  return other(response, LONGEST, SHARED);\n}\nexport {\n  SHARED,\n  readError\n};\n`;

  it("keeps the names of its functions and of what it exports", async () => {
    expect((await minify(module, { path: "a.js" }))?.code).toBe('import{other}from "./other.js";\nvar A=[1,2],SHARED=3;function readError(r){return other(r,A,SHARED)}\nexport*from "./index.js";\nexport{SHARED,readError};\n');
  });

  it("is refused where its imports or exports are not as the builder writes them", async () => {
    await expect(minify("export const a = 1;\n", { path: "a.js" })).rejects.toThrow("a.js: this is not as esbuild writes imports and exports: export const a = 1;");
  });

  it("is left alone where it is none", async () => {
    expect(await minify("{}", { path: "a.js.map" })).toBeUndefined();
  });
});
