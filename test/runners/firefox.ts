import { run } from "../../scripts/lib/run.ts";
import { missingBrowser, runInPage } from "./browser.ts";
import type { Runner } from "./runner.ts";

const FIREFOX = "/usr/bin/firefox-esr";

/** Debian's Firefox, headless, through WebDriver BiDi. */
export const firefox: Runner = {
  name: "firefox",
  missing: () => missingBrowser(FIREFOX, "firefox-esr"),
  version: async () => (await run(FIREFOX, ["--version"])).stdout.trim().split(" ").at(-1) ?? "",
  async run(job) {
    const { default: puppeteer } = await import("puppeteer-core");
    const browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
    try {
      const page = await browser.newPage();
      return await runInPage({ goto: async (url) => void (await page.goto(url)), evaluate: (expression) => page.evaluate(expression), close: () => page.close() }, job);
    } finally {
      await browser.close();
    }
  },
};
