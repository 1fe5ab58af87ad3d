import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createClient } from "../../src/index.ts";
import { type Cassette, CassetteError, createMockAPI, faults, record, replay } from "../../src/testing/index.ts";
import { CHAT, instant, post, readPieces, textOf, user } from "./support.ts";

afterEach(() => void vi.useRealTimers());

const HELLO = { model: "m", messages: user("Hello"), stream: true };

/** Records calls to a mock API and returns the cassette as read from a file. */
async function recorded(
  bodies: object[],
  mock = instant({ now: () => 0 }),
): Promise<{ cassette: Cassette; texts: string[] }> {
  const recorder = record(mock.fetch);
  const texts: string[] = [];
  for (const body of bodies) texts.push(await (await recorder.fetch(CHAT, post(body))).text());
  return { cassette: JSON.parse(JSON.stringify(recorder)) as Cassette, texts };
}

describe("a recording", () => {
  it("stores request, status, headers and body, and changes nothing for the caller", async () => {
    const mock = instant({ now: () => 0 });
    const { cassette, texts } = await recorded([HELLO], mock);
    expect(texts[0]).toBe(await (await instant({ now: () => 0 }).fetch(CHAT, post(HELLO))).text());
    expect(cassette.version).toBe(1);
    expect(cassette.exchanges[0]?.request).toEqual({
      method: "POST",
      url: CHAT,
      headers: { "content-type": "application/json" },
      body: HELLO,
    });
    const response = cassette.exchanges[0]?.response;
    expect(response).toMatchObject({
      status: 200,
      ending: "complete",
      headers: { "content-type": "text/event-stream; charset=utf-8" },
    });
    expect(response?.pieces.map((piece) => piece.text).join("")).toBe(texts[0]);
    expect(mock.requests[0]?.headers["authorization"]).toBe("Bearer sk-test-0123456789");
  });

  it("stores the times of headers and chunks", async () => {
    vi.useFakeTimers();
    const recorder = record(createMockAPI().reply("one two three").fetch, { now: () => Date.now() });
    const read = recorder.fetch(CHAT, post(HELLO)).then((response) => response.text());
    await vi.runAllTimersAsync();
    await read;
    const response = recorder.toJSON().exchanges[0]?.response;
    expect([response?.at, response?.pieces.map((piece) => piece.at)]).toEqual([150, [0, 0, 20, 40, 40, 40]]);
  });

  it("stores chunks that are not UTF-8 as base64", async () => {
    const { cassette } = await recorded(
      [{ model: "m", messages: user("a") }],
      instant().reply({ body: [new Uint8Array([0xc3]), new Uint8Array([0xa4])] }),
    );
    expect(cassette.exchanges[0]?.response?.pieces).toMatchObject([{ base64: "ww==" }, { base64: "pA==" }]);
    expect(await (await replay(cassette)(CHAT, post({ model: "m", messages: user("a") }))).text()).toBe("ä");
  });

  it("stores a broken connection, before the headers and after", async () => {
    const recorder = record(
      instant().reply(faults.reset({ before: "headers" })(), faults.reset({ afterEvents: 1 })("Hi")).fetch,
    );
    await expect(recorder.fetch(CHAT, post(HELLO))).rejects.toThrow("fetch failed");
    await readPieces(await recorder.fetch(CHAT, post(HELLO)));
    expect(recorder.toJSON().exchanges).toMatchObject([
      { failure: "fetch failed" },
      { response: { ending: "broken" } },
    ]);
    const again = replay(recorder.toJSON());
    await expect(again(CHAT, post(HELLO))).rejects.toThrow(new TypeError("fetch failed"));
    const { pieces, error } = await readPieces(await again(CHAT, post(HELLO)));
    expect([pieces.length, error]).toEqual([1, new TypeError("terminated")]);
  });

  it("stores that its reader cancelled, and cancels the original body", async () => {
    const mock = instant();
    const recorder = record(mock.fetch);
    const reader = (await recorder.fetch(CHAT, post(HELLO))).body!.getReader();
    await reader.read();
    expect(recorder.toJSON().exchanges[0]?.response?.ending).toBe("open");
    await reader.cancel();
    expect(mock.requests[0]?.status).toBe("cancelled");
    const { pieces, error } = await readPieces(await replay(recorder.toJSON())(CHAT, post(HELLO)));
    expect(pieces).toHaveLength(1);
    expect(error).toBeInstanceOf(CassetteError);
  });

  it("leaves out requests that their own signal aborted before the headers", async () => {
    const aborter = new AbortController();
    const recorder = record(instant().reply(faults.stall({ before: "headers" })()).fetch);
    const response = recorder.fetch(CHAT, post(HELLO, { signal: aborter.signal }));
    setTimeout(() => aborter.abort(new Error("enough")), 0);
    await expect(response).rejects.toThrow("enough");
    expect(recorder.toJSON().exchanges).toEqual([]);
  });

  it("accepts a Request and a streamed body as fetch does", async () => {
    const mock = instant({ apiKeys: [] });
    const recorder = record(mock.fetch);
    await (await recorder.fetch(new Request(CHAT, post(HELLO)))).text();
    const stream = new Response(JSON.stringify(HELLO)).body;
    const init: RequestInit & { duplex: "half" } = { ...post(HELLO), body: stream, duplex: "half" };
    await (await recorder.fetch(CHAT, init)).text();
    expect(mock.requests.map((request) => request.body)).toEqual([HELLO, HELLO]);
    expect(recorder.toJSON().exchanges.map((exchange) => exchange.request.body)).toEqual([HELLO, HELLO]);
  });

  it("stores a chunk as it arrived, even if its reader changes it", async () => {
    const recorder = record(instant().reply({ body: "abc" }).fetch);
    const { pieces } = await readPieces(await recorder.fetch(CHAT, post(HELLO)));
    pieces[0]?.fill(0);
    expect(recorder.toJSON().exchanges[0]?.response?.pieces[0]?.text).toBe("abc");
  });

  it("calls the wrapped fetch unbound, with an address and options", async () => {
    const calls: unknown[][] = [];
    const recorder = record(function (this: unknown, ...given: unknown[]) {
      calls.push([this, ...given]);
      return Promise.resolve(new Response("ok"));
    });
    await recorder.fetch(new URL(CHAT), { ...post("x"), redirect: "manual" });
    expect(calls[0]).toMatchObject([undefined, CHAT, { method: "POST", body: "x", redirect: "manual" }]);
  });
});

describe("keys", () => {
  const key = "sk-proj-AbCdEf0123456789";
  const other = "my-very-own-secret";

  it("are not in a cassette", async () => {
    const echo = {
      body: [`{"you sent": "${key.slice(0, 9)}`, `${key.slice(9)}", "also": "${other}"}`],
      headers: { "set-cookie": `a=${key}`, "x-echo": key, "openai-organization": "org-mine" },
    };
    const recorder = record(instant().reply(echo).fetch);
    const headers = {
      authorization: `Bearer ${key}`,
      "api-key": other,
      "x-api-key": key,
      cookie: `session=${key}`,
      "x-note": `uses ${other}`,
      "content-type": "application/json",
    };
    const third = "sk-someone-elses-key";
    const body = {
      model: "m",
      messages: user(`My key is ${key}, and ${other}`),
      metadata: { [key]: "as a name" },
      user: third,
    };
    await (await recorder.fetch(`${CHAT}?api_key=${other}&key=abc&a=1#x`, post(body, { headers }))).text();
    const text = JSON.stringify(recorder);
    for (const secret of [third, key, key.slice(0, 9), key.slice(9), other, "set-cookie", "org-mine", "authorization"])
      expect(text).not.toContain(secret);
    const { request, response } = recorder.toJSON().exchanges[0]!;
    expect(request.url).toBe(`${CHAT}?api_key=REDACTED&key=REDACTED&a=1#x`);
    expect(request.headers).toEqual({ "content-type": "application/json", "x-note": "uses REDACTED" });
    expect(request.body).toEqual({
      model: "m",
      messages: user("My key is REDACTED, and REDACTED"),
      metadata: { REDACTED: "as a name" },
      user: "REDACTED",
    });
    expect(response?.pieces.map((piece) => piece.text?.length)).toEqual(echo.body.map((piece) => piece.length));
  });

  it("are not in a body, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (sizes) => {
        const recorder = record(
          instant().reply({ body: `"ä ${key} and ${other}"`, fault: faults.pieces(sizes) }).fetch,
        );
        await (
          await recorder.fetch(
            CHAT,
            post(HELLO, { headers: { authorization: other, "content-type": "application/json", "api-key": "k" } }),
          )
        ).text();
        const text = await (await replay(recorder.toJSON())(CHAT, post(HELLO))).text();
        expect(text).toBe(`"ä ${"x".repeat(key.length)} and ${"x".repeat(other.length)}"`);
      }),
    );
  });

  it("may differ at the replay", async () => {
    const { cassette } = await recorded([HELLO]);
    const response = await replay(cassette)(
      CHAT,
      post(HELLO, { headers: { authorization: "Bearer sk-another-key-here", "content-type": "application/json" } }),
    );
    expect(response.status).toBe(200);
  });
});

describe("a replay", () => {
  it("returns status, headers and the same chunks at once", async () => {
    const { cassette, texts } = await recorded([HELLO]);
    const timer = vi.spyOn(globalThis, "setTimeout");
    const response = await replay(JSON.stringify(cassette))(CHAT, post(HELLO));
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    const { pieces } = await readPieces(response);
    expect(textOf(pieces)).toBe(texts[0]);
    expect(pieces.length).toBe(cassette.exchanges[0]?.response?.pieces.length);
    expect(timer).not.toHaveBeenCalled();
  });

  it("keeps the recorded times with timing: recorded, and stops when its reader cancels", async () => {
    vi.useFakeTimers();
    const recorder = record(createMockAPI().reply("one two").fetch, { now: () => Date.now() });
    const read = recorder.fetch(CHAT, post(HELLO)).then((response) => response.text());
    await vi.runAllTimersAsync();
    await read;
    const again = replay(
      { version: 1, exchanges: [...recorder.toJSON().exchanges, ...recorder.toJSON().exchanges] },
      { timing: "recorded" },
    );
    const list: number[] = [];
    const start = Date.now();
    const timed = again(CHAT, post(HELLO)).then(async (response) => {
      const reader = response.body!.getReader();
      while (!(await reader.read()).done) list.push(Date.now() - start);
    });
    await vi.runAllTimersAsync();
    await timed;
    expect(list).toEqual([150, 150, 170, 170, 170]);
    const aborter = new AbortController();
    const left = expect(again(CHAT, post(HELLO, { signal: aborter.signal }))).rejects.toThrow("enough");
    await vi.advanceTimersByTimeAsync(1);
    aborter.abort(new Error("enough"));
    await left;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("answers equal requests in the recorded order, each once", async () => {
    const { cassette, texts } = await recorded([HELLO, { ...HELLO, user: "x" }, HELLO]);
    const again = replay(cassette);
    expect(await (await again(CHAT, post(HELLO))).text()).toBe(texts[0]);
    expect(await (await again(CHAT, post(HELLO))).text()).toBe(texts[2]);
    await expect(again(CHAT, post(HELLO))).rejects.toThrow(
      `The cassette has 2 answer(s) to POST ${CHAT}, and all were given.`,
    );
    expect(await (await again(CHAT, post({ user: "x", ...HELLO }))).text()).toBe(texts[1]);
  });

  it("shows the difference between an unknown request and the nearest one", async () => {
    const { cassette } = await recorded([
      { ...HELLO, messages: user("Something else altogether") },
      { ...HELLO, temperature: 1 },
    ]);
    const failure = replay(cassette)(CHAT, post({ ...HELLO, messages: user("Hallo"), n: 2, temperature: 1 }));
    await expect(failure).rejects.toThrow(
      [
        `The cassette does not know POST ${CHAT}. The nearest of its 2 request(s) differs in`,
        "  body.messages[0].content",
        '    expected "Hello"',
        '    actual   "Hallo"',
        "  body.n",
        "    expected nothing",
        "    actual   2",
      ].join("\n"),
    );
    await expect(failure).rejects.toMatchObject({
      name: "CassetteError",
      differences: [
        { path: "body.messages[0].content", expected: "Hello", actual: "Hallo" },
        { path: "body.n", expected: undefined, actual: 2 },
      ],
    });
  });

  it("fails a client's call at once with the cassette's message if the request is unknown", async () => {
    vi.useFakeTimers();
    const { cassette } = await recorded([{ ...HELLO, stream: undefined }]);
    const again = replay(cassette);
    let calls = 0;
    const client = createClient({
      apiKey: "sk-test-0123456789",
      model: "m",
      fetch: (url, init) => {
        calls += 1;
        return again(url, init);
      },
    });
    const asks: [name: string, ask: () => Promise<unknown>][] = [
      ["chat", () => client.chat([{ role: "user", content: "Hallo" }])],
      ["stream", () => client.streamChat([{ role: "user", content: "Hallo" }])],
      ["session", () => client.newChatSession().send("Hallo")],
      ["request", () => client.request("/embeddings", { model: "m", input: "Hallo" })],
    ];
    for (const [name, ask] of asks) {
      calls = 0;
      const error: unknown = await ask().catch((thrown: unknown) => thrown);
      expect([name, error instanceof CassetteError, calls, vi.getTimerCount()]).toEqual([name, true, 1, 0]);
      expect((error as CassetteError).message).toMatch(/^The cassette does not know POST https:.*Hallo/s);
      expect((error as CassetteError).differences).not.toEqual([]);
    }
  });

  it("fails a client's call at once if every recorded answer is used up", async () => {
    vi.useFakeTimers();
    const { cassette } = await recorded([{ model: "m", messages: user("Hello") }]);
    const client = createClient({ apiKey: "sk-test-0123456789", model: "m", fetch: replay(cassette) });
    await client.chat([{ role: "user", content: "Hello" }]);
    await expect(client.chat([{ role: "user", content: "Hello" }])).rejects.toThrow(/^The cassette has 1 answer/);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("prefers an equal address to an equal body, and shows long texts from their first difference", async () => {
    const long = "a".repeat(200);
    const { cassette } = await recorded([{ ...HELLO, messages: user(`${long}b${long}`) }]);
    cassette.exchanges.push({
      request: { method: "GET", url: "https://x/", headers: {}, body: { ...HELLO, messages: user("c") } },
      failure: "none",
    });
    const failure = replay(cassette)(CHAT, post({ ...HELLO, messages: user(`${long}c${long}`) }));
    await expect(failure).rejects.toThrow(/expected …a{20}ba{79}…\n {4}actual {3}…a{20}ca{79}…/);
  });

  it("ignores the paths of ignore, and compares the headers of matchHeaders", async () => {
    const { cassette } = await recorded([HELLO]);
    const moved = "http://127.0.0.1:1/v1/chat/completions";
    const body = { ...HELLO, messages: user("Hallo"), useful: 1 };
    expect(
      (await replay(cassette, { ignore: ["url", "body.messages[0]", "body.useful"] })(moved, post(body))).status,
    ).toBe(200);
    await expect(replay(cassette, { ignore: ["body.use"] })(CHAT, post({ ...HELLO, useful: 1 }))).rejects.toThrow(
      "body.useful",
    );
    const strict = replay(cassette, { matchHeaders: ["content-type"] });
    await expect(strict(CHAT, post(HELLO, { headers: { "content-type": "text/json" } }))).rejects.toThrow(
      "headers.content-type",
    );
  });

  it("recognises a form by its fields", async () => {
    const form = (text: string): FormData => {
      const fields = new FormData();
      fields.append("purpose", "batch");
      fields.append("file", new File([text], "a.jsonl", { type: "text/plain" }));
      return fields;
    };
    const recorder = record(instant().reply({ body: "{}" }).fetch);
    await (
      await recorder.fetch("https://x/v1/files", {
        method: "POST",
        body: form("1"),
        headers: { authorization: "Bearer k" },
      })
    ).text();
    const again = replay(recorder.toJSON());
    expect((await again("https://x/v1/files", { method: "POST", body: form("1") })).status).toBe(200);
    await expect(again("https://x/v1/files", { method: "POST", body: form("2") })).rejects.toThrow("body[1].base64");
  });

  it("refuses a malformed cassette, and reports an empty one", async () => {
    expect(() => replay("{}")).toThrow(TypeError);
    await expect(replay({ version: 1, exchanges: [] })(CHAT, post(HELLO))).rejects.toThrow("The cassette is empty");
  });

  it("replays an answer without a body, and rejects an aborted request", async () => {
    const recorder = record(instant().reply({ status: 204 }).fetch);
    await recorder.fetch(CHAT, post(HELLO));
    const again = replay(recorder.toJSON());
    await expect(again(CHAT, post(HELLO, { signal: AbortSignal.abort(new Error("gone")) }))).rejects.toThrow("gone");
    const response = await again(CHAT, post(HELLO));
    expect([response.status, response.body]).toEqual([204, null]);
  });
});
