import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that a server received. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly response: ServerResponse;
  /** Resolves to the time when the connection closed. */
  readonly closed: Promise<number>;
}

/** A server on loopback in the API's place. */
export interface Upstream {
  /** `http://127.0.0.1:PORT/v1` */
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Resolves to the request whose body contains a text. */
  withBody(text: string): Promise<Seen>;
  close(): Promise<void>;
}

/** Starts a server that calls `answer` for every request after its body has arrived. */
export async function startUpstream(answer: (seen: Seen) => void): Promise<Upstream> {
  const seen: Seen[] = [];
  const watchers = new Set<() => void>();
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const closed = new Promise<number>((resolve) => response.once("close", () => resolve(Date.now())));
    const one = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: await bytes(request),
      response,
      closed,
    };
    seen.push(one);
    answer(one);
    for (const look of watchers) look();
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    withBody: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = seen.find((one) => one.body.includes(text));
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Returns an event with a text delta, as the API sends it. */
export function delta(text: string): string {
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: text }, finish_reason: null }] })}\n\n`;
}

/** The events of a good ending. */
export const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
