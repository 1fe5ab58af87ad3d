import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable, Transform } from "node:stream";
import { createMockAPI } from "../../src/testing/index.ts";

/** A server that takes uploads, and keeps one mock API for all that it is asked. */
export interface UploadServer {
  readonly url: string;
  readonly baseURL: string;
  /** Of the last body whole, boundaries and all, as Node counts it: so that not only our own hash is asked. */
  readonly body: { size: number; sha256: string };
  close(): Promise<void>;
}

/** Starts the mock API on a port of loopback. It holds nothing of an upload above 1 MiB. */
export async function startUploadServer(): Promise<UploadServer> {
  const mock = createMockAPI({ pace: "instant" });
  const body = { size: 0, sha256: "" };
  const server = createServer((request, response) => {
    const hash = createHash("sha256");
    body.size = 0;
    // No listener for "data": that would take the body as fast as it comes, whoever reads it.
    const counted = new Transform({
      transform: (bytes: Buffer, _, next) => {
        hash.update(bytes);
        body.size += bytes.length;
        next(null, bytes);
      },
      flush: (next) => {
        body.sha256 = hash.digest("hex");
        next();
      },
    });
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const { method = "GET" } = request;
    const sent =
      method === "GET" || method === "DELETE"
        ? {}
        : { body: Readable.toWeb(request.pipe(counted)) as ReadableStream<Uint8Array>, duplex: "half" };
    mock.handle(new Request(`http://127.0.0.1${request.url ?? "/"}`, { method, headers, ...sent })).then(
      async (answer) =>
        response
          .writeHead(answer.status, Object.fromEntries(answer.headers))
          .end(new Uint8Array(await answer.arrayBuffer())),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const url = `http://127.0.0.1:${port}`;
  return { url, baseURL: `${url}/v1`, body, close };
}
