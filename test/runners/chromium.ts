import { chromium as playwright } from "playwright-core";
import { run } from "../../scripts/lib/run.ts";
import { browserRunner, missingBrowser } from "./browser.ts";
import type { Runner } from "./runner.ts";

/** Debian's path of Chromium. */
export const CHROMIUM = "/usr/bin/chromium";

/** These keep Chromium from connecting to Google's hosts at every start. */
export const CHROMIUM_ARGS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Debian's Chromium without a window. */
export const chromium: Runner = browserRunner({
  name: "chromium",
  missing: () => missingBrowser(CHROMIUM, "chromium"),
  version: async () => (await run(CHROMIUM, ["--version"])).stdout.split(" ")[1] ?? "",
  async withPage(use) {
    const browser = await playwright.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS], headless: true });
    try {
      const page = await browser.newPage();
      return await use({
        goto: async (url) => void (await page.goto(url)),
        evaluate: (expression) => page.evaluate(expression),
        close: () => page.close(),
      });
    } finally {
      await browser.close();
    }
  },
});
