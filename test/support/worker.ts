import { Miniflare } from "miniflare";
import { bundled } from "../../scripts/lib/example.ts";

/** A Worker on a port of loopback. */
export interface RunningWorker {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

/** What a Worker is started with. */
export interface WorkerOptions {
  readonly flags?: readonly string[] | undefined;
  readonly bindings?: Readonly<Record<string, string>> | undefined;
  /** Default: a date of this year. */
  readonly compatibilityDate?: string | undefined;
}

/** Bundles a Worker's source, which may import fetchat by its name, and starts it in workerd. */
export async function startWorker(source: string, options: WorkerOptions = {}): Promise<RunningWorker> {
  return startModule(await bundled({ stdin: { contents: source, loader: "ts", resolveDir: "." } }), options);
}

/** Starts a Worker that is bundled already. */
export async function startModule(script: string, options: WorkerOptions = {}): Promise<RunningWorker> {
  const miniflare = new Miniflare({
    modules: true,
    script,
    host: "127.0.0.1",
    port: 0,
    compatibilityDate: options.compatibilityDate ?? "2026-07-01",
    compatibilityFlags: [...(options.flags ?? [])],
    bindings: { ...options.bindings },
  });
  const { origin } = await miniflare.ready;
  return { url: origin, close: () => miniflare.dispose() };
}
