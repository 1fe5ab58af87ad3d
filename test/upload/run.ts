/**
 * Uploads 200 MB from a stream on each runtime and measures the memory of the process:
 *
 *     node test/upload/run.ts [node] [deno] [bun] [workerd]
 *
 * Fails if the server's SHA-256 differs, or if the peak is more than 80 MB above idle. Linux only.
 */
import { forgetPeak, memoryOf } from "./memory.ts";
import { RUNTIMES, startSender } from "./senders.ts";
import { startUploadServer } from "./server.ts";

const MEGABYTES = 200;
const ALLOWED = 80;

/** The result of a runtime; `fault` describes a failure. */
export interface Trial {
  readonly runtime: string;
  readonly seconds: number;
  readonly idle: number;
  readonly peak: number;
  readonly fault: string | undefined;
}

/** Runs the upload on one runtime. */
export async function tryUpload(runtime: string): Promise<Trial> {
  const server = await startUploadServer();
  const sender = await startSender(runtime, server.baseURL);
  try {
    // Idle is measured after a first upload, when everything is loaded.
    const warm = await sender.upload(8);
    forgetPeak(sender.pid);
    const idle = memoryOf(sender.pid).now;
    const started = performance.now();
    const outcome = await sender.upload(MEGABYTES);
    const seconds = (performance.now() - started) / 1000;
    const { peak } = memoryOf(sender.pid);
    const wrong =
      "error" in warm || "error" in outcome
        ? JSON.stringify([warm, outcome])
        : outcome.told.bytes !== outcome.size || outcome.told.sha256 !== outcome.sha256
          ? JSON.stringify(outcome)
          : undefined;
    return {
      runtime,
      seconds,
      idle,
      peak,
      fault: wrong ?? (peak - idle > ALLOWED ? `held ${(peak - idle).toFixed(0)} MB above idle` : undefined),
    };
  } finally {
    await sender.close();
    await server.close();
  }
}

if (import.meta.main) {
  const asked = process.argv.slice(2);
  for (const runtime of asked.length > 0 ? asked : RUNTIMES) {
    const { seconds, idle, peak, fault } = await tryUpload(runtime);
    console.log(
      `${runtime.padEnd(8)} ${MEGABYTES} MB in ${seconds.toFixed(1)} s, idle ${idle.toFixed(0)} MB, peak ${peak.toFixed(0)} MB: ${fault ?? "ok"}`,
    );
    if (fault !== undefined) process.exitCode = 1;
  }
}
