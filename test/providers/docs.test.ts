import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import * as all from "../../src/providers/index.ts";
import type { Provider } from "../../src/providers/index.ts";

const page = readFileSync(`${ROOT}/docs/providers.md`, "utf8");
const row = (name: string): string[] =>
  new RegExp(`^\\| \`${name.replace(/[()]/g, "\\$&")}\` \\|(.*)\\|$`, "m")
    .exec(page)?.[1]
    ?.split(" | ")
    .map((cell) => cell.trim()) ?? [];
const plain = Object.entries(all).filter((one): one is [string, Provider] => typeof one[1] === "object");

describe("docs/providers.md", () => {
  it.each(plain)("describes %s as in its data", (name, provider) => {
    const [baseURL, keys, model, lacks] = row(name);
    expect(baseURL).toBe(`\`${provider.baseURL}\``);
    if (!provider.keyless) expect(keys).toContain(`\`${provider.variables.apiKey?.[0] ?? ""}\``);
    else expect(keys).toMatch(/^none needed/);
    if (name === "openai") expect(model).toBe("as without a provider");
    else if (provider.model === "") expect(model).toMatch(/^the one that is/);
    else expect(model).toBe(`\`${provider.model}\``);
    expect(lacks?.replace(/^\|$/, "")).toBe((provider.lacks ?? []).join(", "));
  });

  it("names every provider", () => {
    for (const name of Object.keys(all)) expect(page).toContain(name);
  });
});
