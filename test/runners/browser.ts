import { existsSync } from "node:fs";
import type { Result } from "../conformance/case.ts";
import { servePage } from "./page-server.ts";
import { broken, type Columns, type Job, type Runner } from "./runner.ts";
import { type News, SCOPES } from "./scopes.ts";

/** The part of a page that runners need: it navigates and evaluates JavaScript expressions. */
export interface Page {
  goto(url: string): Promise<void>;
  /**
   * Evaluates an expression, which may return a promise.
   *
   * @returns the value, as JSON represents it
   */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

/** A browser that starts once for all of its columns. */
export interface Browser extends Pick<Runner, "name" | "missing" | "version"> {
  /**
   * True if each scope runs one case at a time, without one that waits beside it.
   *
   * @default false
   */
  readonly isSequential?: boolean;
  /** Starts the browser, calls `use` with a page, and stops it. */
  withPage<T>(use: (page: Page) => Promise<T>): Promise<T>;
}

/** Returns the runner of a browser, with columns for the page, a Web Worker and a service worker. */
export function browserRunner(browser: Browser): Runner {
  const { name, missing, version, withPage, isSequential = false } = browser;
  const lanes = isSequential ? 1 : 2;
  const columns = SCOPES.map((scope) => (scope === "page" ? name : `${name}/${scope}`));
  return { name, missing, version, columns, run: (job) => withPage((page) => runInPage(page, columns, job, lanes)) };
}

/** Returns the reason why a browser cannot be used, or `undefined`. */
export async function missingBrowser(path: string, debianPackage: string): Promise<string | undefined> {
  return existsSync(path) ? undefined : `${path} is not there (Debian package ${debianPackage})`;
}

/** Runs the suite in a page and in its workers, all of another origin than the server's. */
async function runInPage(page: Page, columns: readonly string[], job: Job, lanes: number): Promise<Columns> {
  const site = await servePage(job.folder);
  const found = SCOPES.map((): Result[] => []);
  try {
    await page.goto(site.url);
    const servers = Object.fromEntries(SCOPES.map((scope, at) => [scope, job.servers[at]!.urls.slice(0, lanes)]));
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
