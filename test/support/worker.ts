import { Miniflare } from "miniflare";
import { bundled } from "../../scripts/lib/example.ts";

/** A Worker on a loopback port. */
export interface RunningWorker {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

/** The options of a Worker. */
export interface WorkerOptions {
  readonly flags?: readonly string[] | undefined;
  readonly bindings?: Readonly<Record<string, string>> | undefined;
  /** The compatibility date. Default: a date of this year. */
  readonly compatibilityDate?: string | undefined;
}

/** Bundles a Worker's source, which can import fetchat by name, and starts it in workerd. */
export async function startWorker(source: string, options: WorkerOptions = {}): Promise<RunningWorker> {
  return startModule(await bundled({ stdin: { contents: source, loader: "ts", resolveDir: "." } }), options);
}

/** Starts a bundled Worker. */
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
