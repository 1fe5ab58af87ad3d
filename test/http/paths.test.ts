import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createClient, isInputError, model, type OpenAI } from "../../src/index.ts";
import { azure } from "../../src/providers/index.ts";

const BASE = "https://api.test/some/v1";

function client(): { client: OpenAI; urls: string[] } {
  const urls: string[] = [];
  const fetch = (url: string): Promise<Response> => {
    urls.push(url);
    return Promise.resolve(Response.json({}));
  };
  return { client: createClient({ apiKey: "sk-test-0123456789", baseURL: BASE, fetch, maxRetries: 0 }), urls };
}

/** Returns the URL of a request, or `undefined` if it was rejected. Throws for anything else. */
async function destination(path: string): Promise<string | undefined> {
  const { client: own, urls } = client();
  for (const call of [() => own.fetch(path), () => own.request(path), () => own.streamRequest(path)])
    await call().catch((error: unknown) => {
      if (!isInputError(error) && urls.length === 0) throw error;
    });
  return urls[0];
}

describe("A path that leaves the base URL", () => {
  it.each([
    "/../x",
    "/../../x",
    "/a/../../x",
    "/..",
    "/.. ",
    "/.",
    "/./x",
    "/%2e%2e/x",
    "/%2E./x",
    "/.%2e/x",
    "/..\\x",
    "/\\evil.test",
    "/..;/x",
    "/..;a=b/x",
    "/..%3b/x",
    "/.\t./x",
    "/.\n./x",
    "/\t/evil.test",
    "//evil.test/x",
    "/#/../x",
    "/models#x",
    "https://evil.test/",
    "evil.test",
    ".evil.test/",
    "@evil.test/",
    ":80@evil.test/",
    "?x",
    "",
  ])("throws an InputError and sends nothing: %j", async (path) => {
    expect(await destination(path)).toBeUndefined();
  });

  it.each([
    "/models",
    "/models/gpt-4..1",
    "/models/a%2Fb",
    "/files/a%2F..%2Fb",
    "/x?y=../..",
    "/x?a=b?c",
    "/...",
    "/a.b/..c",
    "/a;b",
  ])("is not detected in %j", async (path) => {
    expect(await destination(path)).toBe(BASE + path);
  });

  it("is rejected in ids and names of deployments too", async () => {
    const { client: own, urls } = client();
    for (const id of ["..", ".", "..;x"]) await expect(model(own, id)).rejects.toMatchObject({ kind: "InputError" });
    const provider = azure({ endpoint: "https://a.test", form: "deployments" });
    const fetch = (): Promise<Response> => Promise.reject(new Error("sent"));
    await expect(
      createClient({ provider, apiKey: "k", fetch, model: ".." }).chat([{ role: "user", content: "x" }]),
    ).rejects.toMatchObject({ kind: "InputError" });
    expect(urls).toEqual([]);
  });

  it("is never sent: any text is rejected or stays below the base URL", async () => {
    const piece = fc.constantFrom(
      "..",
      ".",
      "/",
      "\\",
      "%2e",
      "%2E",
      "%2f",
      "%5c",
      "%25",
      ";",
      "\t",
      "\n",
      "\r",
      " ",
      "?",
      "#",
      "@",
      ":",
      "x",
      "//",
      "\0",
      "é",
      "\ud800",
    );
    const paths = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join("")}`),
    );
    await fc.assert(
      fc.asyncProperty(paths, async (path) => {
        const sent = await destination(path);
        if (sent === undefined) return;
        expect(sent).toBe(BASE + path);
        expect(new URL(sent).href.startsWith(`${BASE}/`)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("A base URL", () => {
  it.each([
    `https://api.test${"/".repeat(100_000)}x`,
    `https://api.test/v1${"/".repeat(100_000)}`,
    "/".repeat(100_000),
  ])("of 100,000 slashes is checked fast", (baseURL) => {
    const start = performance.now();
    try {
      createClient({ apiKey: "k", baseURL });
      createClient({ apiKey: "k", provider: azure({ endpoint: baseURL }) });
    } catch (error) {
      expect(isInputError(error)).toBe(true);
    }
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it("that is a path throws without an origin, unless the caller's fetch accepts paths", async () => {
    expect(() => createClient({ baseURL: "/v1" })).toThrow("baseURL: expected a whole URL");
    const urls: string[] = [];
    const fetch = (url: string): Promise<Response> => {
      urls.push(url);
      return Promise.resolve(Response.json({}));
    };
    await createClient({ baseURL: "/v1", fetch }).request("/models");
    expect(urls).toEqual(["/v1/models"]);
  });
});
