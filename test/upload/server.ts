import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable, Transform } from "node:stream";
import { boundaryOf, readMultipart, type StreamedFile } from "./multipart.ts";

/** A server that accepts uploads and keeps none of their content. */
export interface UploadServer {
  readonly url: string;
  readonly baseURL: string;
  /** Size and hash of the last body as a whole, boundaries included, counted by Node: a check on the multipart reader too. */
  readonly body: { size: number; sha256: string };
  close(): Promise<void>;
}

/** Starts the server on a loopback port. It answers every request as `POST /files`, with the file's type and SHA-256 besides. */
export async function startUploadServer(): Promise<UploadServer> {
  const body = { size: 0, sha256: "" };
  const server = createServer((request, response) => {
    readUpload(request, body).then(
      (file) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(file)),
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

async function readUpload(request: IncomingMessage, body: UploadServer["body"]): Promise<object> {
  const hash = createHash("sha256");
  body.size = 0;
  // A "data" listener would consume the body as fast as it arrives, whether or not it is read below.
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
  const bytes = Readable.toWeb(request.pipe(counted)) as ReadableStream<Uint8Array>;
  const { purpose, file } = await readMultipart(bytes, boundaryOf(request.headers["content-type"]) ?? "");
  const { filename, type, size, sha256 } = file as StreamedFile;
  return {
    id: "file-1",
    object: "file",
    bytes: size,
    created_at: 0,
    filename,
    purpose,
    status: "processed",
    type,
    sha256,
  };
}
