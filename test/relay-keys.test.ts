import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRelay } from "../src/relay/index.ts";
import { SecretFilter } from "../src/relay/redact.ts";
import { ECHOED, ECHOES, type Echo } from "./support/echoes.ts";
import { ENCODINGS, holdsSecret } from "./support/encodings.ts";
import { type Seen, startUpstream, type Upstream } from "./support/upstream.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

const encoder = new TextEncoder();

/** Returns everything that a client sees of a response, and the texts that it joins from deltas. */
async function seenOf(response: Response): Promise<string> {
  const text = await response.text();
  return [response.statusText, ...[...response.headers].flat(), text, ...deltasOf(text)].join("\n");
}

function deltasOf(text: string): string[] {
  const texts = new Map<string, string>();
  for (const [, data = ""] of text.matchAll(/^data: (\{.*\})$/gm)) {
    const strings = JSON.stringify(JSON.parse(data)).matchAll(
      /"(content|reasoning_content|arguments|delta)":("(?:[^"\\]|\\.)*")/g,
    );
    for (const [, name = "", value = ""] of strings)
      texts.set(name, (texts.get(name) ?? "") + (JSON.parse(value) as string));
  }
  return [...texts.values()];
}

const rawOf = ({ statusText = "", headers, pieces }: Echo): string =>
  [statusText, ...Object.values(headers), pieces.join(""), ...deltasOf(pieces.join(""))].join("\n");

function post(url: string, { stream }: Echo, headers: Record<string, string> = {}, body: object = {}): Request {
  return new Request(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ ...body, stream }),
  });
}

describe("a relay in Node removes its key if the upstream sends", () => {
  it.each(ECHOES.map((echo) => [echo.name, echo] as const))("%s", async (_, echo) => {
    let answer!: () => void;
    const committed = new Promise<void>((resolve) => (answer = resolve));
    const relay = createRelay({
      apiKey: ECHOED,
      open: true,
      headersWait: echo.late ? 0 : Infinity,
      fetch: async () => {
        if (echo.late) await committed;
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            for (const piece of echo.pieces) controller.enqueue(encoder.encode(piece));
            controller.close();
          },
        });
        return new Response(body, { status: echo.status, statusText: echo.statusText ?? "", headers: echo.headers });
      },
    });
    const response = await relay(post("http://localhost/v1/chat/completions", echo));
    answer();
    expect(response.status).toBe(echo.late ? 200 : echo.status);
    expect(holdsSecret(rawOf(echo), ECHOED)).toBe(true);
    expect(holdsSecret(await seenOf(response), ECHOED)).toBe(false);
  });
});

const WORKER = `
  import { createRelay } from "fetchat/relay";
  export default {
    fetch(request, env) {
      const headersWait = request.headers.get("x-late") ? 0 : Infinity;
      return createRelay({ apiKey: ${JSON.stringify(ECHOED)}, baseURL: env.UPSTREAM, open: true, headersWait })(request);
    },
  };
`;

describe("a relay in workerd removes its key if the upstream sends", () => {
  let upstream: Upstream;
  let worker: RunningWorker;
  const committed = new Map<number, () => void>();

  async function send({ response, body }: Seen): Promise<void> {
    const { at } = JSON.parse(String(body)) as { at: number };
    const echo = ECHOES[at] as Echo;
    if (echo.late) await new Promise<void>((resolve) => committed.set(at, resolve));
    response.writeHead(echo.status, echo.statusText, echo.headers);
    for (const piece of echo.pieces) response.write(piece);
    response.end();
  }

  beforeAll(async () => {
    upstream = await startUpstream((seen) => void send(seen));
    worker = await startWorker(WORKER, { bindings: { UPSTREAM: upstream.url } });
  });
  afterAll(async () => {
    await worker?.close();
    await upstream?.close();
  });

  it.each(ECHOES.map((echo, at) => [echo.name, at, echo] as const))("%s", async (_, at, echo) => {
    const response = await fetch(
      post(`${worker.url}/v1/chat/completions`, echo, echo.late ? { "x-late": "1" } : {}, { at }),
    );
    if (echo.late) {
      await upstream.withBody(`"at":${at},`);
      await expect.poll(() => committed.has(at)).toBe(true);
      committed.get(at)?.();
    }
    expect(response.status).toBe(echo.late ? 200 : echo.status);
    expect(holdsSecret(await seenOf(response), ECHOED)).toBe(false);
  });
});

describe("bytes with a key", () => {
  const filtered = (pieces: readonly string[]): string => {
    const filter = new SecretFilter([ECHOED]);
    const out = [...pieces.map((piece) => filter.push(encoder.encode(piece))), filter.rest()];
    return out.map((bytes) => new TextDecoder("latin1").decode(bytes)).join("");
  };

  it.each(ENCODINGS)("lose the key wherever they are cut (%s)", (_, encode) => {
    const text = `a "${encode(ECHOED)}" z`;
    const whole = filtered([text]);
    expect(holdsSecret(whole, ECHOED)).toBe(false);
    for (let cut = 0; cut <= text.length; cut++)
      expect(filtered([text.slice(0, cut), text.slice(cut)]).replace("***;", "***")).toBe(whole);
    expect(filtered([...Array.from(text)]).replace("***;", "***")).toBe(whole);
  });

  it("pass at once unless they may begin the key", () => {
    const filter = new SecretFilter([ECHOED]);
    const pushed = (text: string): string => new TextDecoder().decode(filter.push(encoder.encode(text)));
    expect(pushed('data: {"a":"tasks"}\n\n')).toBe('data: {"a":"tasks"}\n\n');
    expect(pushed(`some ${ECHOED.slice(0, 9)}`)).toBe("some ");
    expect(pushed("other")).toBe(`${ECHOED.slice(0, 9)}other`);
    expect(pushed("\\".repeat(10_000)).length).toBeGreaterThan(5_000);
    expect(pushed("ü")).toContain("ü");
  });
});
