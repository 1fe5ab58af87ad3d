import { run } from "../../scripts/lib/run.ts";
import { browserRunner, missingBrowser } from "./browser.ts";
import type { Runner } from "./runner.ts";

const FIREFOX = "/usr/bin/firefox-esr";

/** Debian's Firefox without a window, through WebDriver BiDi. */
export const firefox: Runner = browserRunner({
  name: "firefox",
  // On a busy machine it falls behind where more than one case runs in each scope.
  isSequential: true,
  missing: () => missingBrowser(FIREFOX, "firefox-esr"),
  version: async () => (await run(FIREFOX, ["--version"])).stdout.trim().split(" ").at(-1) ?? "",
  async withPage(use) {
    const { default: puppeteer } = await import("puppeteer-core");
    const browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
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
