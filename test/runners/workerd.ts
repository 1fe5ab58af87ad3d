import { createRequire } from "node:module";
import { Miniflare } from "miniflare";
import type { Result } from "../conformance/case.ts";
import type { Lane } from "../conformance/run.ts";
import { bundleSuite } from "./bundle.ts";
import { oneColumn, type Runner } from "./runner.ts";

/** One case per request, so that no request reaches the limit of subrequests. */
const WORKER = `
const absent = ["process", "Buffer", "setImmediate", "require", "window", "document", "Deno", "Bun"];
export default {
  async fetch(request) {
    const url = new URL(request.url);
    const selection = JSON.parse(url.searchParams.get("selection"));
    if (url.pathname === "/globals") return Response.json(absent.filter((name) => name in globalThis));
    if (url.pathname === "/lanes") return Response.json(suite.lanes(selection, 1));
    return Response.json(await suite.run(Number(url.searchParams.get("n")), url.searchParams.get("server"), selection));
  },
};`;

/** workerd, started by Miniflare without a compatibility flag. */
export const workerd: Runner = oneColumn({
  name: "workerd",
  missing: async () => undefined,
  version: async () => (createRequire(import.meta.url)("workerd/package.json") as { version: string }).version,
  async run(server, job) {
    const script = await bundleSuite(job.folder, "worker", "esm", WORKER);
    const miniflare = new Miniflare({ modules: true, script, compatibilityDate: "2026-07-01", compatibilityFlags: [] });
    try {
      const origin = (await miniflare.ready).origin;
      const selection = `&selection=${encodeURIComponent(JSON.stringify(job.selection))}`;
      const ask = async <T>(path: string): Promise<T> =>
        (await (await fetch(`${origin}${path}${selection}`)).json()) as T;
      const there = await ask<string[]>("/globals?");
      const results: Result[] = [globalsResult(there)];
      // One after the other: requests to a Worker share its thread.
      for (const n of (await ask<Lane[]>("/lanes?")).flat())
        results.push(await ask<Result>(`/run?n=${n}&server=${encodeURIComponent(server.url)}`));
      return results;
    } finally {
      await miniflare.dispose();
    }
  },
});

function globalsResult(there: readonly string[]): Result {
  const base = { case: "nothing of Node or of a page is there to lean on", pieces: "whole", ms: 0 } as const;
  return there.length === 0
    ? { ...base, ok: true }
    : { ...base, ok: false, error: `defined in this Worker: ${there.join(", ")}` };
}
