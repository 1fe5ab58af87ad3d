import { access } from "node:fs/promises";
import type { Browser } from "playwright-core";

/** Debian's path of the browser. */
export const CHROMIUM = "/usr/bin/chromium";

/** Returns true if the browser is installed. With FETCHAT_REQUIRE_ALL=1 a missing browser is a failure. */
export async function hasChromium(): Promise<boolean> {
  const found = await access(CHROMIUM).then(
    () => true,
    () => false,
  );
  if (!found && process.env["FETCHAT_REQUIRE_ALL"] === "1")
    throw new Error(`Chromium is not at ${CHROMIUM}: apt-get install chromium`);
  return found;
}

/** Starts the browser without a window. */
export async function launchChromium(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}
