import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundleExample } from "../scripts/lib/example.ts";
import { HEARTBEAT } from "../src/relay/index.ts";
import { hasChromium, launchChromium } from "./support/browsers.ts";
import { delta, type Seen, startUpstream, type Upstream } from "./support/upstream.ts";
import { type RunningWorker, startModule } from "./support/worker.ts";

const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

interface Sent {
  model: string;
  messages: { role: string; content: string }[];
}

const sent = (seen: Seen | undefined): Sent => JSON.parse(String(seen?.body)) as Sent;

function whole(text: string): (seen: Seen) => void {
  return ({ response }) => void response.writeHead(200, { "content-type": "text/event-stream" }).end(delta(text) + END);
}

function open(...texts: string[]): (seen: Seen) => void {
  return ({ response }) =>
    void response.writeHead(200, { "content-type": "text/event-stream" }).write(texts.map(delta).join(""));
}

describe.skipIf(!(await hasChromium()))("the page in Chromium", () => {
  let browser: Browser;
  let upstream: Upstream;
  let worker: RunningWorker;
  let guarded: RunningWorker;
  let page: Page;
  let answer = whole("Fine.");
  let errors: string[] = [];

  beforeAll(async () => {
    upstream = await startUpstream((seen) => answer(seen));
    const script = await bundleExample();
    const bindings = { OPENAI_API_KEY: "sk-owner", OPENAI_BASE_URL: upstream.url, OPENAI_MODEL: "gpt-page" };
    worker = await startModule(script, { bindings });
    guarded = await startModule(script, { bindings: { ...bindings, RELAY_TOKEN: "t0ken" } });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await guarded?.close();
    await worker?.close();
    await upstream?.close();
  });
  beforeEach(async () => {
    errors = [];
    page = await (await browser.newContext()).newPage();
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => /Content.Security.Policy/i.test(message.text()) && errors.push(message.text()));
    await page.goto(worker.url);
  });
  afterEach(async () => {
    await page.context().close();
    expect(errors).toEqual([]);
  });

  async function say(text: string): Promise<Seen> {
    const count = upstream.seen.length;
    await page.getByLabel("Message").fill(text);
    await page.keyboard.press("Enter");
    await expect.poll(() => upstream.seen.length).toBe(count + 1);
    return upstream.seen.at(-1) as Seen;
  }

  const shown = (): Promise<string[]> => page.locator("#log .text").allInnerTexts();
  const says = (...texts: string[]): Promise<void> => expect.poll(shown).toEqual(texts);

  it("shows who answers, and suggests prompts", async () => {
    expect(await page.locator("#source").innerText()).toBe("gpt-page");
    answer = whole("The Rhine.");
    await page.getByRole("button", { name: "Name three rivers" }).click();
    await says("Name three rivers", "The Rhine.");
    expect(sent(upstream.seen.at(-1)).model).toBe("gpt-page");
  });

  it("shows each piece of an answer as it arrives", async () => {
    answer = open("One");
    const { response } = await say("Count.");
    await says("Count.", "One");
    expect(await page.locator("#log").getAttribute("aria-busy")).toBe("true");
    response.write(delta(", two"));
    await says("Count.", "One, two");
    response.end(END);
    await expect.poll(() => page.locator("#log").getAttribute("aria-busy")).toBe("false");
    expect(await page.getByRole("status").innerText()).toBe("The answer is complete.");
  });

  it.each(["the button", "Escape"])(
    "stops with %s, keeps the part that arrived, and continues from there",
    async (how) => {
      answer = open("Half a");
      const { closed } = await say("Tell me.");
      await says("Tell me.", "Half a");
      const stopped = Date.now();
      await (how === "Escape" ? page.keyboard.press("Escape") : page.getByRole("button", { name: "Stop" }).click());
      expect((await closed) - stopped).toBeLessThan(HEARTBEAT + 1000);
      expect(await page.locator("#log .note").innerText()).toBe("Stopped.");
      answer = whole("More.");
      expect(sent(await say("Go on.")).messages.map(({ content }) => content)).toEqual([
        "Tell me.",
        "Half a",
        "Go on.",
      ]);
      await says("Tell me.", "Half a", "Go on.", "More.");
    },
  );

  it("keeps the conversation after a reload, until a new chat begins", async () => {
    answer = whole("Hello.");
    await say("Hi.");
    await says("Hi.", "Hello.");
    await page.reload();
    await says("Hi.", "Hello.");
    answer = whole("Again.");
    expect(sent(await say("Still there?")).messages).toHaveLength(3);
    await says("Hi.", "Hello.", "Still there?", "Again.");
    await page.getByRole("button", { name: "New chat" }).click();
    await says();
    await page.reload();
    await says();
    expect(sent(await say("Hi.")).messages).toHaveLength(1);
  });

  it("shows an error, and asks again without repeating the message", async () => {
    answer = ({ response }) =>
      void response
        .writeHead(400, { "content-type": "application/json" })
        .end('{"error":{"message":"No such model.","type":"t","param":null,"code":null}}');
    await say("Hi.");
    await expect.poll(() => page.getByRole("alert").innerText()).toContain("No such model.");
    await page.reload();
    await expect.poll(() => page.getByRole("alert").innerText()).toContain("There is no answer to this yet.");
    answer = whole("Hello.");
    await page.getByRole("button", { name: "Try again" }).click();
    await says("Hi.", "Hello.");
    expect(sent(upstream.seen.at(-1)).messages.map(({ content }) => content)).toEqual(["Hi."]);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
  });

  it("reports a broken answer, and replaces it by the next", async () => {
    answer = ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(delta("Hal"), () => setTimeout(() => response.destroy(), 50));
    };
    await say("Hi.");
    await expect.poll(() => page.getByRole("alert").innerText()).toContain("broke before the answer was complete");
    await says("Hi.", "Hal");
    answer = whole("Hello.");
    await page.getByRole("button", { name: "Try again" }).click();
    await says("Hi.", "Hello.");
  });

  it("shows a model's HTML as text, and code as code", async () => {
    const text =
      "Look: <img src=x onerror=\"document.title='owned'\">\n\n```html\n<script>document.title='owned'</script>\n```\n\n`a<b` and **c**";
    answer = whole(text);
    await say("<b>Hi</b>");
    await expect.poll(() => page.locator("#log pre").innerText()).toBe("<script>document.title='owned'</script>");
    expect(await page.locator("#log img, #log script, #log b").count()).toBe(0);
    expect(await page.locator("#log strong").innerText()).toBe("c");
    expect(await page.title()).toBe("fetchat");
  });

  it("uses Shift+Enter for a new line", async () => {
    await page.getByLabel("Message").fill("One");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    const count = upstream.seen.length;
    await page.keyboard.press("Enter");
    await expect.poll(() => upstream.seen.length).toBe(count + 1);
    expect(sent(upstream.seen.at(-1)).messages).toEqual([{ role: "user", content: "One\ntwo" }]);
  });

  it("follows the answer until the reader scrolls away, and again on request", async () => {
    const place = (): Promise<number> =>
      page.locator("#scroller").evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
    answer = open("line\n".repeat(80));
    const { response } = await say("Much.");
    await expect.poll(place).toBeLessThan(2);
    await page.locator("#scroller").evaluate((element) => void (element.scrollTop = 100));
    await expect.poll(() => page.getByRole("button", { name: "Latest" }).isVisible()).toBe(true);
    response.write(delta("more\n".repeat(20)));
    await expect.poll(async () => (await shown())[1]).toContain("more");
    expect(await page.locator("#scroller").evaluate((element) => element.scrollTop)).toBe(100);
    await page.getByRole("button", { name: "Latest" }).click();
    await expect.poll(place).toBeLessThan(2);
    response.end(END);
  });

  it("asks for the relay's token, again if it is wrong, and then continues", async () => {
    await page.goto(guarded.url);
    const count = upstream.seen.length;
    answer = whole("Welcome.");
    await page.getByLabel("Message").fill("Hi.");
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Token" }).fill("wrong");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect.poll(() => page.locator("#token-why").innerText()).toContain("That was not the relay's token.");
    await page.getByRole("textbox", { name: "Token" }).fill("t0ken");
    await page.keyboard.press("Enter");
    await says("Hi.", "Welcome.");
    await page.reload();
    expect(sent(await say("Again.")).messages).toHaveLength(3);
    expect(upstream.seen.length).toBe(count + 2);
  });

  const leaving: [string, (page: Page) => Promise<unknown>][] = [
    ["closed", (page) => page.close()],
    ["reloaded", (page) => page.reload()],
    ["left for another", (page) => page.goto("about:blank")],
  ];

  it.each(leaving)("stops the upstream when it is %s", async (how, leave) => {
    answer = open("Half a");
    const { closed } = await say("Tell me.");
    await says("Tell me.", "Half a");
    const left = Date.now();
    await leave(page);
    expect((await closed) - left).toBeLessThan(HEARTBEAT + 1000);
    if (how === "closed") return;
    await page.goto(worker.url);
    await says("Tell me.", "Half a");
    expect(await page.locator("#log .note").innerText()).toBe("Stopped.");
  });
});
