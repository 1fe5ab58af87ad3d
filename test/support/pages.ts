import type { Page } from "../runners/browser.ts";
import { CHROMIUM, chromium, CHROMIUM_ARGS } from "../runners/chromium.ts";
import { firefox } from "../runners/firefox.ts";
import { openPage, webkit, withSession } from "../runners/webkit.ts";

/** A page, and the console output of its browser if the driver reports it. */
export interface OpenPage extends Page {
  readonly console: string[];
}

/** A browser that tests can open. */
export interface Openable {
  readonly name: string;
  /** Returns the reason why the browser cannot start, or `undefined`. */
  missing(): Promise<string | undefined>;
  open(): Promise<OpenPage>;
}

/** The three browsers. */
export const browsers: readonly Openable[] = [
  { name: "Chromium", missing: () => chromium.missing(), open: openChromium },
  { name: "Firefox", missing: () => firefox.missing(), open: openFirefox },
  { name: "WebKit", missing: () => webkit.missing(), open: openWebKit },
];

async function openChromium(): Promise<OpenPage> {
  const { chromium: playwright } = await import("playwright-core");
  const browser = await playwright.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS] });
  const page = await browser.newPage();
  const console: string[] = [];
  page.on("console", (message) => console.push(`${message.text()} ${message.location().url}`));
  return {
    console,
    goto: async (url) => void (await page.goto(url)),
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  };
}

async function openFirefox(): Promise<OpenPage> {
  const { default: puppeteer } = await import("puppeteer-core");
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
  });
  const page = await browser.newPage();
  const console: string[] = [];
  page.on("console", (message) => console.push(message.text()));
  return {
    console,
    goto: async (url) => void (await page.goto(url)),
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  };
}

/** Opens WebKit with a driver that lives as long as the page. */
async function openWebKit(): Promise<OpenPage> {
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  let driver: Promise<void> = closed;
  const page = await new Promise<Page>((resolve, reject) => {
    driver = withSession(openPage, async (opened) => {
      resolve(opened);
      await closed;
      await opened.close();
    });
    driver.catch(reject);
  });
  return {
    ...page,
    console: [],
    close: async () => {
      close();
      await driver;
    },
  };
}
