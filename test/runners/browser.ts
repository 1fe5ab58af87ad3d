import { existsSync } from "node:fs";
import type { Result } from "../conformance/case.ts";
import { servePage } from "./page-server.ts";
import type { Job } from "./runner.ts";

/** A page, as far as a runner needs one: it goes somewhere, and gives the JSON of a JavaScript expression's value. */
export interface Page {
  goto(url: string): Promise<void>;
  /** @param expression may give a promise @returns the value, as JSON has it */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Why a browser cannot be used; undefined where it is there. */
export async function missingBrowser(path: string, debianPackage: string): Promise<string | undefined> {
  return existsSync(path) ? undefined : `${path} is not there (Debian package ${debianPackage})`;
}

/** Runs the suite in a page of a browser, from another origin than the server's. */
export async function runInPage(page: Page, job: Job): Promise<Result[]> {
  const site = await servePage();
  try {
    await page.goto(site.url);
    const only = JSON.stringify(job.only ?? null);
    const count = (await page.evaluate(`suite.count(${only})`)) as number;
    const results: Result[] = [];
    for (let n = 0; n < count; n++) {
      results.push((await page.evaluate(`suite.run(${n}, ${JSON.stringify(job.server)}, ${only})`)) as Result);
    }
    return results;
  } finally {
    await page.close();
    await site.close();
  }
}
