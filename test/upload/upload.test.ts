import { uploadFile } from "../../src/media/index.ts";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createClient } from "../../src/index.ts";
import { tryUpload } from "./run.ts";
import { RUNTIMES } from "./senders.ts";

describe.runIf(process.platform === "linux")("an upload of 200 MB from a stream", () => {
  it.each(RUNTIMES)("arrives intact, and is never buffered whole, on %s", { timeout: 180_000 }, async (runtime) => {
    expect(await tryUpload(runtime)).toMatchObject({ runtime, fault: undefined });
  });
});

it("the redirect of a streamed upload is refused: on Node without its target", async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(307, { location: "https://evil.example/v1/files" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const client = createClient({
      apiKey: "k",
      baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    });
    await expect(uploadFile(client, new Blob(["x"]).stream(), { purpose: "batch" })).rejects.toMatchObject({
      kind: "APIError",
      code: "redirect",
      status: 0,
    });
    await expect(uploadFile(client, new Blob(["x"]), { purpose: "batch" })).rejects.toMatchObject({
      kind: "APIError",
      code: "redirect",
      status: 307,
      location: "https://evil.example/v1/files",
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
