import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createMockAPI, type Fault, faults, type Reply } from "../../src/testing/index.ts";
import { ask, CHAT, dataOf, instant, joined, post, readPieces, type ReadObject, textOf, user } from "./support.ts";

afterEach(() => void vi.useRealTimers());

const EVENTS = ["data: ä\n\n", "data: 2\n\n", "data: 3\n\n", "data: [DONE]\n\n"];
const BYTES = new TextEncoder().encode(EVENTS.join("")).length;

/** Streams the four events with some faults, and reads the result. */
async function streamed(
  ...fault: Fault[]
): Promise<{ pieces: string[]; text: string; error?: unknown; status: string | undefined }> {
  const mock = instant().reply({ events: EVENTS, fault });
  const read = await readPieces(await ask(mock, { stream: true }));
  const pieces = read.pieces.map((piece) => textOf([piece]));
  return { ...read, pieces, text: textOf(read.pieces), status: mock.requests[0]?.status };
}

/** Reads some chunks and then gives up: for endless bodies. */
async function firstPieces(reply: Reply, count: number): Promise<string[]> {
  const mock = instant().reply(reply);
  const reader = (await ask(mock, { stream: true })).body!.getReader();
  const pieces: string[] = [];
  while (pieces.length < count) pieces.push(new TextDecoder().decode((await reader.read()).value));
  await reader.cancel();
  expect(mock.requests[0]?.status).toBe("cancelled");
  return pieces;
}

/** Returns true if a read is still pending after an hour of fake time. */
async function isSilent(response: Response, after: number): Promise<boolean> {
  const reader = response.body!.getReader();
  for (let count = 0; count < after; count += 1) await reader.read();
  let isDone = false;
  void reader.read().then(() => void (isDone = true));
  await vi.advanceTimersByTimeAsync(3_600_000);
  const silent = !isDone;
  await reader.cancel();
  return silent;
}

describe("cut", () => {
  it("ends the body cleanly after some events or bytes, or at once", async () => {
    expect(await streamed(faults.cut({ afterEvents: 2 }))).toMatchObject({
      pieces: EVENTS.slice(0, 2),
      status: "complete",
    });
    expect((await streamed(faults.cut({ afterBytes: 12 }))).text).toBe("data: ä\n\nda");
    expect((await streamed(faults.cut())).pieces).toEqual([]);
    expect((await streamed(faults.cut({ afterEvents: 99 }))).text).toBe(EVENTS.join(""));
  });

  it("also cuts a whole completion", async () => {
    const response = await ask(instant().reply(faults.cut({ afterBytes: 5 })()), {});
    expect(await response.text()).toBe('{\n  "');
  });
});

describe("reset", () => {
  it("breaks the body after some events", async () => {
    const { pieces, error, status } = await streamed(faults.reset({ afterEvents: 1 }));
    expect([pieces, status]).toEqual([EVENTS.slice(0, 1), "broken"]);
    expect(error).toBeInstanceOf(TypeError);
  });

  it("breaks the connection before the headers", async () => {
    const mock = instant().reply(faults.reset({ before: "headers" })());
    await expect(ask(mock, {})).rejects.toThrow(new TypeError("fetch failed"));
    expect(await mock.requests[0]?.ended).toBe("broken");
  });
});

describe("stall", () => {
  it("sends nothing after some bytes, and starts no timer", async () => {
    vi.useFakeTimers();
    const response = await ask(instant().reply(faults.stall({ afterBytes: 20 })()), { stream: true });
    expect(await isSilent(response, 1)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("sends no headers until the caller gives up", async () => {
    vi.useFakeTimers();
    const aborter = new AbortController();
    const mock = instant().reply(faults.stall({ before: "headers" })());
    const response = ask(mock, {}, { signal: aborter.signal });
    const outcome = expect(response).rejects.toThrow("enough");
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(mock.requests[0]?.status).toBe("open");
    aborter.abort(new Error("enough"));
    await outcome;
    expect(mock.requests[0]).toMatchObject({ status: "cancelled", signalAborted: true });
  });
});

describe("keepAlive", () => {
  it("sends comments at its pace, for ever", async () => {
    vi.useFakeTimers();
    const mock = instant().reply(faults.keepAlive({ afterEvents: 1, every: 500, comment: ": hm\n\n" })("Hi"));
    const reader = (await ask(mock, { stream: true })).body!.getReader();
    await reader.read();
    const start = Date.now();
    for (let count = 1; count <= 20; count += 1) {
      const next = reader.read();
      await vi.advanceTimersByTimeAsync(500);
      expect(new TextDecoder().decode((await next).value)).toBe(": hm\n\n");
      expect(Date.now() - start).toBe(count * 500);
    }
    await reader.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("slow", () => {
  it("delays the headers and every event", async () => {
    vi.useFakeTimers();
    const mock = createMockAPI({ pace: { firstToken: 10, perToken: 1 } }).reply(
      faults.slow({ headers: 1000, every: 100 })("Hi there"),
    );
    const list: number[] = [];
    const start = Date.now();
    const read = ask(mock, { stream: true }).then(async (response) => {
      list.push(Date.now() - start);
      const reader = response.body!.getReader();
      while (!(await reader.read()).done) list.push(Date.now() - start);
    });
    await vi.runAllTimersAsync();
    await read;
    expect(list).toEqual([1010, 1110, 1210, 1311, 1411, 1511]);
  });
});

describe("errorEvent", () => {
  const plain = { message: "Too much", type: "server_error", code: "overloaded" };

  it("sends an object as unnamed data, and ends the stream", async () => {
    const { pieces } = await streamed(faults.errorEvent({ afterEvents: 1, error: plain }));
    expect(pieces).toEqual([
      EVENTS[0],
      `data: ${JSON.stringify({ error: { type: "server_error", param: null, code: "overloaded", message: "Too much" } })}\n\n`,
    ]);
  });

  it("sends a named event, a bare text, or OpenAI's error", async () => {
    expect((await streamed(faults.errorEvent({ as: "event", error: "Oh" }))).pieces).toEqual([
      'event: error\ndata: {"error":"Oh"}\n\n',
    ]);
    const { text } = await streamed(faults.errorEvent());
    expect(JSON.parse(dataOf(text)[0] ?? "")).toMatchObject({
      error: { type: "server_error", message: expect.stringContaining("The server had an error") },
    });
  });

  it("can continue the stream", async () => {
    const { pieces } = await streamed(faults.errorEvent({ afterEvents: 2, error: "Oh", goOn: true }));
    expect(pieces).toEqual([...EVENTS.slice(0, 2), 'data: {"error":"Oh"}\n\n', ...EVENTS.slice(2)]);
    expect((await streamed(faults.errorEvent({ afterEvents: 4, error: "Oh", goOn: true }))).pieces.at(-1)).toBe(
      'data: {"error":"Oh"}\n\n',
    );
  });
});

describe("other faults", () => {
  it("linger: sends everything and closes nothing", async () => {
    vi.useFakeTimers();
    const response = await ask(instant().reply({ events: EVENTS, fault: faults.linger() }), { stream: true });
    expect(await isSilent(response, EVENTS.length)).toBe(true);
  });

  it("wrongContentType: keeps the body", async () => {
    const response = await ask(instant().reply(faults.wrongContentType()("Hi")), { stream: true });
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(dataOf(await response.text()).at(-1)).toBe("[DONE]");
  });

  it("status: keeps the body", async () => {
    const response = await ask(instant().reply(faults.status(503)("Hi")), {});
    expect([response.status, ((await response.json()) as ReadObject).choices[0]?.message.content]).toEqual([503, "Hi"]);
  });

  it("pieces: cuts the body by one size, or by several in turn", async () => {
    expect((await streamed(faults.pieces([1, 6, 2]))).pieces.slice(0, 4)).toEqual([
      "d",
      "ata: \ufffd",
      "\ufffd\n",
      "\n",
    ]);
    expect((await streamed(faults.pieces(16_384))).pieces).toEqual([EVENTS.join("")]);
    const { text } = await streamed(faults.pieces(1));
    expect(text).toBe(EVENTS.join(""));
  });

  it("pieces: keeps the total time", async () => {
    vi.useFakeTimers();
    const mock = createMockAPI({ pace: { firstToken: 0, perToken: 10 } }).reply(
      faults.pieces(100_000)("one two three four"),
    );
    const start = Date.now();
    const read = ask(mock, { stream: true }).then(async (response) => {
      const { pieces } = await readPieces(response);
      return [pieces.length, Date.now() - start];
    });
    await vi.runAllTimersAsync();
    expect(await read).toEqual([1, 30]);
  });

  it("flood: sends one line without an end, or up to the end of the body", async () => {
    const pieces = await firstPieces({ events: EVENTS, fault: faults.flood({ afterEvents: 1, size: 10 }) }, 50);
    expect(pieces.slice(0, 3)).toEqual([EVENTS[0], 'data: {"choices":[{"delta":{"content":"', "xxxxxxxxxx"]);
    const { text } = await streamed(faults.flood({ start: "data: ", size: 4, limit: 10 }));
    expect(text).toBe("data: xxxxxxxxxx");
  });

  it("wrap each other, any reply, and custom faults", async () => {
    const both = await streamed(faults.pieces(2), faults.cut({ afterEvents: 2 }));
    expect(both.pieces).toEqual(["da", "ta"]);
    const wrapped = faults.cut({ afterEvents: 1 })(faults.pieces(3)({ events: EVENTS }));
    expect(await (await ask(instant().reply(wrapped), {})).text()).toBe("dat");
    const own = faults.createFault("teapot", (draft) => ({ ...draft, status: 418 }));
    expect((await ask(instant().reply(own), {})).status).toBe(418);
    expect((await ask(instant().reply({ fault: own }), {})).status).toBe(418);
    expect(
      await (await ask(instant().reply(faults.cut({ afterBytes: 3 })(() => new Response("abcdef"))), {})).text(),
    ).toBe("abc");
    expect(
      await (
        await ask(
          instant().reply(() => faults.cut({ afterBytes: 3 })({ body: "abcdef" })),
          {},
        )
      ).text(),
    ).toBe("abc");
    expect(own.fault).toBe("teapot");
  });

  it("change the list of models only when they are used", async () => {
    const mock = instant({ apiKeys: [] }).reply(faults.cut({ afterBytes: 1 })());
    expect(await (await mock.fetch("https://x/v1/models")).text()).toBe("{");
  });
});

describe("a fault at any position", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
  const content = fc.string({ unit: "grapheme", maxLength: 60 });

  it("keeps the bytes when it only cuts the body anew", async () => {
    await fc.assert(
      fc.asyncProperty(content, sizes, async (text, list) => {
        const whole = await (await ask(instant().reply(text), { stream: true })).arrayBuffer();
        const mock = instant({ now: () => Date.now() }).reply({ text, fault: faults.pieces(list) });
        const { pieces } = await readPieces(await ask(mock, { stream: true }));
        expect(textOf(pieces).replaceAll(/"created":\d+/g, "")).toBe(
          new TextDecoder().decode(whole).replaceAll(/"created":\d+/g, ""),
        );
        expect(pieces.slice(0, -1).map((piece) => piece.length)).toEqual(
          pieces.slice(0, -1).map((_, index) => list[index % list.length]),
        );
      }),
    );
  });

  it("keeps the scripted text", async () => {
    await fc.assert(
      fc.asyncProperty(content, async (text) => {
        const data = dataOf(await (await ask(instant().reply(text), { stream: true })).text()).slice(0, -1);
        expect(joined(data.map((item) => JSON.parse(item) as ReadObject))).toBe(text);
      }),
    );
  });

  it("cuts the body to a beginning of the whole one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(BYTES + 5), sizes, async (at, list) => {
        const whole = new TextEncoder().encode(EVENTS.join(""));
        for (const fault of [
          [faults.cut({ afterBytes: at }), faults.pieces(list)],
          [faults.pieces(list), faults.cut({ afterBytes: at })],
        ]) {
          const { pieces } = await readPieces(await ask(instant().reply({ events: EVENTS, fault }), { stream: true }));
          expect(pieces.flatMap((piece) => [...piece])).toEqual([...whole.subarray(0, at)]);
        }
      }),
    );
  });

  it("resets after exactly the given number of events", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(EVENTS.length), async (at) => {
        const { pieces, error } = await streamed(faults.reset({ afterEvents: at }));
        expect(pieces).toEqual(EVENTS.slice(0, at));
        expect(error).toBeInstanceOf(TypeError);
      }),
    );
  });
});

describe("a fault in a server", () => {
  it("breaks the body of the response with reset", async () => {
    const mock = instant().reply(faults.reset({ afterEvents: 1 })("Hi"));
    const response = await mock.handle(new Request(CHAT, post({ model: "m", messages: user("Hi"), stream: true })));
    expect((await readPieces(response)).error).toBeInstanceOf(TypeError);
  });
});
