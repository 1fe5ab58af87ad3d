import { existsSync } from "node:fs";
import type { Result } from "../conformance/case.ts";
import { servePage } from "./page-server.ts";
import { broken, type Columns, type Job, type Runner } from "./runner.ts";
import { type News, SCOPES } from "./scopes.ts";

/** A page, as far as a runner needs one: it goes somewhere, and gives the JSON of a JavaScript expression's value. */
export interface Page {
  goto(url: string): Promise<void>;
  /** @param expression may give a promise @returns the value, as JSON has it */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

/** A browser that can be started, once for all of its columns. */
export interface Browser extends Pick<Runner, "name" | "missing" | "version"> {
  /** Starts it, hands a page to `use`, and ends it. */
  withPage<T>(use: (page: Page) => Promise<T>): Promise<T>;
}

/** The runner of a browser: a column for the page, one for a Web Worker and one for a service worker. */
export function browserRunner(browser: Browser): Runner {
  const { name, missing, version, withPage } = browser;
  const columns = SCOPES.map((scope) => (scope === "page" ? name : `${name}/${scope}`));
  return { name, missing, version, columns, run: (job) => withPage((page) => runInPage(page, columns, job)) };
}

/** Why a browser cannot be used; undefined where it is there. */
export async function missingBrowser(path: string, debianPackage: string): Promise<string | undefined> {
  return existsSync(path) ? undefined : `${path} is not there (Debian package ${debianPackage})`;
}

/** Runs the suite in a page of a browser and in the page's workers, all from another origin than the server's. */
async function runInPage(page: Page, columns: readonly string[], job: Job): Promise<Columns> {
  const site = await servePage(job.folder);
  const found = SCOPES.map((): Result[] => []);
  try {
    await page.goto(site.url);
    const servers = Object.fromEntries(SCOPES.map((scope, at) => [scope, job.servers[at]!.url]));
    await page.evaluate(`driven.start(${JSON.stringify(servers)}, ${JSON.stringify(job.selection)})`);
    for (let running = true; running;) {
      const news = (await page.evaluate("driven.news()")) as News;
      for (const [scope, result] of news.results) found[SCOPES.indexOf(scope)]!.push(result);
      for (const [scope, error] of news.broken)
        found[SCOPES.indexOf(scope)]!.push(broken("the scope runs the suite to its end", error));
      ({ running } = news);
    }
  } catch (error) {
    for (const results of found) results.push(broken("the page runs the suite to its end", String(error)));
  } finally {
    await page.close().catch(() => undefined);
    await site.close();
  }
  return Object.fromEntries(columns.map((column, at) => [column, found[at]!]));
}
