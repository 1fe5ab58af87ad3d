import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import { CHROMIUM, CHROMIUM_ARGS } from "../runners/chromium.ts";
import { hasChromium, launchChromium } from "../support/browsers.ts";
import { browsers, type OpenPage } from "../support/pages.ts";
import { delta, END, type Seen, startUpstream, type Upstream } from "../support/upstream.ts";
import { commandOf, finish, KEY, type Running, start } from "./support.ts";

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "authorization, content-type" };
const whole =
  (text: string) =>
  ({ response }: Seen): void =>
    void response.writeHead(200, { ...CORS, "content-type": "text/event-stream" }).end(delta(text) + END);
const begun =
  (text: string) =>
  ({ response }: Seen): void =>
    void response.writeHead(200, { ...CORS, "content-type": "text/event-stream" }).write(delta(text));
const refused = ({ response }: Seen): void =>
  void response
    .writeHead(401, { ...CORS, "content-type": "application/json" })
    .end('{"error":{"message":"Incorrect API key provided."}}');

/** Serves the page on any free port instead of 8000. */
const serveKeyPage = (): Promise<Running> =>
  start(
    commandOf("--serve=127.0.0.1:8000").map((word) => word.replace(":8000", ":0")),
    {},
  );

const asked = (api: Upstream): Seen[] => api.seen.filter((seen) => seen.method === "POST");
const shown = (page: Page): Promise<string[]> => page.locator("#log p").allInnerTexts();

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message").fill(text);
  await page.keyboard.press("Enter");
}

/** Types and clicks with scripts, for browsers with minimal drivers. */
async function fill(page: OpenPage, selector: string, value: string, submit: boolean): Promise<void> {
  const field = `document.querySelector(${JSON.stringify(selector)})`;
  await page.evaluate(
    `(${field}.value = ${JSON.stringify(value)}, ${submit ? `${field}.form.requestSubmit()` : `${field}.dispatchEvent(new Event("change"))`}, true)`,
  );
}
const texts = (page: OpenPage): Promise<unknown> =>
  page.evaluate('[...document.querySelectorAll("#log p")].map((p) => p.textContent)');

for (const browser of browsers.slice(1)) {
  const missing = await browser.missing();
  if (missing !== undefined && process.env["FETCHAT_REQUIRE_ALL"] === "1") throw new Error(missing);

  describe.skipIf(missing !== undefined)(`in ${browser.name},`, () => {
    let api: Upstream;
    let page: OpenPage;
    let key: Running;
    let relay: Running;
    beforeAll(async () => {
      api = await startUpstream((seen) =>
        seen.method === "OPTIONS" ? void seen.response.writeHead(204, CORS).end() : whole("The Rhine.")(seen),
      );
      key = await serveKeyPage();
      relay = await start(commandOf("examples/page-with-relay/serve.ts"), {
        PORT: "0",
        OPENAI_API_KEY: KEY,
        OPENAI_BASE_URL: api.url,
      });
      page = await browser.open();
    });
    afterAll(async () => {
      await page?.close();
      await key?.stop();
      await relay?.stop();
      await api?.close();
    });

    it("the page with the visitor's key asks for it, and chats", async () => {
      await page.goto(`${key.url}/`);
      await fill(page, "#api", api.url, false);
      await fill(page, "[name=message]", "Name a river", true);
      await expect.poll(() => page.evaluate("document.querySelector('dialog').open")).toBe(true);
      await page.evaluate(
        `(document.querySelector("dialog input").value = ${JSON.stringify(KEY)}, document.querySelector("dialog button").click(), true)`,
      );
      await expect.poll(() => texts(page)).toEqual(["Name a river", "The Rhine."]);
      expect(asked(api).at(-1)?.headers["authorization"]).toBe(`Bearer ${KEY}`);
    });

    it("the page behind a relay chats", async () => {
      await page.goto(`${relay.url}/`);
      await fill(page, "[name=message]", "Name a river", true);
      await expect.poll(() => texts(page)).toEqual(["Name a river", "The Rhine."]);
    });
  });
}

describe.skipIf(!(await hasChromium()))("in Chromium,", () => {
  let browser: Browser;
  let api: Upstream;
  let reply = whole("");
  let page: Page;
  let errors: string[] = [];

  beforeAll(async () => {
    api = await startUpstream((seen) =>
      seen.method === "OPTIONS" ? void seen.response.writeHead(204, CORS).end() : reply(seen),
    );
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await api?.close();
  });
  beforeEach(async () => {
    errors = [];
    page = await (await browser.newContext()).newPage();
    page.on("pageerror", (error) => errors.push(String(error)));
  });
  afterEach(async () => {
    await page.context().close();
    expect(errors).toEqual([]);
  });

  describe("the page with the visitor's key", () => {
    let site: Running;
    beforeAll(async () => void (site = await serveKeyPage()));
    afterAll(() => site?.stop());
    beforeEach(async () => {
      await page.goto(site.url);
      await page.getByLabel("API").fill(api.url);
    });

    const dialog = (): Promise<boolean> => page.getByRole("dialog").isVisible();
    async function giveKey(key: string): Promise<void> {
      await page.getByRole("textbox", { name: "Your key" }).fill(key);
      await page.getByRole("button", { name: "Use it" }).click();
    }

    it("asks for the key when it is needed, says where it is sent, and asks once", async () => {
      reply = whole("The Rhine.");
      expect(await dialog()).toBe(false);
      await say(page, "Name a river");
      expect(await page.locator("#where").innerText()).toBe(new URL(api.url).origin);
      await giveKey(KEY);
      await expect.poll(() => shown(page)).toEqual(["Name a river", "The Rhine."]);
      await say(page, "Another");
      await expect.poll(() => shown(page)).toHaveLength(4);
      await expect
        .poll(() =>
          asked(api)
            .slice(-2)
            .map((seen) => seen.headers["authorization"]),
        )
        .toEqual([`Bearer ${KEY}`, `Bearer ${KEY}`]);
      expect(await dialog()).toBe(false);
      const kept = await page.evaluate(() =>
        JSON.stringify([
          Object.entries(localStorage),
          Object.entries(sessionStorage),
          document.cookie,
          location.href,
          document.documentElement.outerHTML,
          [...document.querySelectorAll("input")].map((input) => input.value),
        ]),
      );
      expect(kept).not.toContain(KEY);
    });

    it("forgets a refused key, a key on request, and a key of another API", async () => {
      reply = refused;
      await say(page, "One");
      await giveKey("sk-wrong");
      await expect.poll(() => page.getByRole("status").innerText()).toContain("Incorrect API key");
      reply = whole("Yes.");
      await say(page, "Two");
      await giveKey(KEY);
      await expect.poll(() => shown(page)).toContain("Yes.");
      await page.getByRole("button", { name: "Forget my key" }).click();
      await say(page, "Three");
      await giveKey(KEY);
      await expect.poll(() => shown(page)).toHaveLength(6);
      await page.getByLabel("API").fill(`${api.url}/other`);
      await page.getByLabel("API").blur();
      await say(page, "Four");
      await expect.poll(dialog).toBe(true);
    });

    it("stops the API when the visitor stops the answer or leaves the page", async () => {
      reply = begun("Half");
      await say(page, "Go");
      await giveKey(KEY);
      await expect.poll(() => shown(page)).toEqual(["Go", "Half"]);
      await page.getByRole("button", { name: "Stop" }).click();
      await asked(api).at(-1)!.closed;
      expect(await page.getByRole("status").innerText()).toBe("Stopped.");
      await say(page, "Again");
      await expect.poll(() => shown(page)).toHaveLength(4);
      await expect.poll(async () => (await shown(page)).at(-1)).toBe("Half");
      await page.goto("about:blank");
      await asked(api).at(-1)!.closed;
    });
  });

  describe("the page behind a relay, served by Bun,", () => {
    let site: Running;
    beforeAll(
      async () =>
        void (site = await start(commandOf("examples/page-with-relay/serve.ts"), {
          PORT: "0",
          OPENAI_API_KEY: KEY,
          OPENAI_BASE_URL: api.url,
        })),
    );
    afterAll(() => site?.stop());

    it("chats without the key", async () => {
      reply = whole("The Rhine.");
      const seen: string[] = [];
      page.on(
        "response",
        (response) =>
          void response.text().then(
            (text) => seen.push(text + JSON.stringify(response.headers())),
            () => undefined,
          ),
      );
      page.on("request", (request) => seen.push(JSON.stringify(request.headers())));
      await page.goto(site.url);
      await say(page, "Name a river");
      await expect.poll(() => shown(page)).toEqual(["Name a river", "The Rhine."]);
      expect(asked(api).at(-1)!.headers["authorization"]).toBe(`Bearer ${KEY}`);
      expect(seen.length).toBeGreaterThan(3);
      expect(seen.join("")).not.toContain(KEY);
    });

    it("stops the API when the page is closed", async () => {
      reply = begun("Half");
      await page.goto(site.url);
      await say(page, "Go");
      await expect.poll(() => shown(page)).toEqual(["Go", "Half"]);
      await page.close();
      await asked(api).at(-1)!.closed;
    });
  });

  describe("the extension", () => {
    const folder = `${ROOT}/examples/extension`;
    let context: BrowserContext;
    let profile: string;
    let chat: Page;

    beforeAll(async () => {
      const built = await finish(commandOf("--outdir=examples/extension/dist"), {});
      expect(built.code, built.stderr).toBe(0);
      const { chromium } = await import("playwright-core");
      profile = await mkdtemp(`${tmpdir()}/fetchat-`);
      context = await chromium.launchPersistentContext(profile, {
        executablePath: CHROMIUM,
        ignoreDefaultArgs: ["--disable-extensions"],
        args: [...CHROMIUM_ARGS, `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
      });
      const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
      chat = await context.newPage();
      chat.on("pageerror", (error) => errors.push(String(error)));
      await chat.goto(new URL("/page.html", worker.url()).href);
    });
    afterAll(async () => {
      await context?.close();
      await rm(profile, { recursive: true });
    });

    it("uses manifest 3, and requests no more permissions than it needs", async () => {
      const manifest = JSON.parse(await readFile(`${folder}/manifest.json`, "utf8")) as object;
      expect(manifest).toMatchObject({
        manifest_version: 3,
        permissions: ["storage"],
        host_permissions: ["https://api.openai.com/*"],
      });
    });

    it("says that it has no key yet", async () => {
      await say(chat, "Hello?");
      await expect.poll(() => chat.getByRole("status").innerText()).toBe("There is no key yet.");
    });

    it("streams the service worker's answer to its page", async () => {
      await chat.getByLabel("Your key").fill(KEY);
      await chat.getByLabel("API").fill(api.url);
      await chat.getByRole("button", { name: "Keep" }).click();
      await expect.poll(() => chat.getByRole("status").innerText()).toBe("Kept in this browser.");
      reply = begun("The Rhine");
      await say(chat, "Name rivers");
      await expect.poll(async () => (await shown(chat)).at(-1)).toBe("The Rhine");
      const { headers, body, response } = asked(api).at(-1)!;
      expect(headers).toMatchObject({
        authorization: `Bearer ${KEY}`,
        origin: expect.stringMatching(/^chrome-extension:/),
      });
      expect((JSON.parse(String(body)) as { messages: unknown }).messages).toEqual([
        { role: "user", content: "Name rivers" },
      ]);
      response.end(delta(", the Po") + END);
      await expect.poll(async () => (await shown(chat)).at(-1)).toBe("The Rhine, the Po");
    });

    it("stops the API when its page is closed", async () => {
      reply = begun("Half");
      await say(chat, "Go on");
      await expect.poll(async () => (await shown(chat)).at(-1)).toBe("Half");
      await chat.close();
      await asked(api).at(-1)!.closed;
    });
  });
});
