import { createHmac } from "node:crypto";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { errorResponse, isInputError } from "../../src/index.ts";
import { verifyWebhook, type VerifyOptions, type Webhook, WebhookError } from "../../src/webhooks/index.ts";

/** The vector of the Standard Webhooks libraries, and more that the package `standardwebhooks` 1.0.0 has made. */
const VECTORS = [
  {
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
    signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  },
  {
    secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
    signature: "v1,78nXHjpFP0tVJQW5D0SBwmVyyW87BV/rL6MgfM/Bw44=",
  },
  {
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    id: "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    timestamp: 1_674_087_231,
    body: '{"type": "contact.created", "timestamp": "2022-11-03T20:26:10.344522Z", "data": {"id": "1f81eb52-5198-4599-803e-771906343485"}}',
    signature: "v1,9X6ib2+wK+P7HJlxahZ5FBVfa4L8q5KGRbiFD/m0IZE=",
  },
];

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const NOW = 1_614_265_330;
const BODY = JSON.stringify({
  id: "evt_1",
  object: "event",
  created_at: NOW,
  type: "response.completed",
  data: { id: "resp_1" },
});

beforeEach(() => {
  vi.useFakeTimers({ now: NOW * 1000, toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Signs with Node's own HMAC, not with the code under test. */
function sign(body: string | Uint8Array, { secret = SECRET, id = "wh_1", at = String(NOW) } = {}): string {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${at}.`).update(body).digest("base64")}`;
}

interface Given {
  readonly body?: BodyInit;
  readonly id?: string | null;
  readonly at?: string | null;
  readonly signature?: string | null;
  readonly signed?: string | Uint8Array;
}

function requestOf({ body = BODY, id = "wh_1", at = String(NOW), signature, signed }: Given = {}): Request {
  const made = signature === undefined ? sign(signed ?? BODY, { id: id ?? "", at: at ?? "" }) : signature;
  const headers = new Headers();
  const values = { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": made };
  for (const [name, value] of Object.entries(values)) if (value !== null) headers.set(name, value);
  return new Request("https://example.com/hook", { method: "POST", headers, body, duplex: "half" } as RequestInit);
}

async function fault(
  request: Request,
  secret: string | readonly string[] = SECRET,
  options?: VerifyOptions,
): Promise<WebhookError> {
  const error: unknown = await verifyWebhook(request, secret, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof WebhookError)) throw new Error(`no WebhookError: ${String(error)}`);
  return error;
}

describe("a forged webhook is refused", () => {
  it.each<[string, Given]>([
    ["with another body", { body: BODY.replace("resp_1", "resp_2"), signed: BODY }],
    ["with one more space", { body: `${BODY} `, signed: BODY }],
    ["with another id", { id: "wh_2", signature: sign(BODY) }],
    ["with another time", { at: String(NOW - 1), signature: sign(BODY) }],
    ["signed with another secret", { signature: sign(BODY, { secret: OTHER }) }],
    ["with a signature that is cut", { signature: sign(BODY).slice(0, -8) }],
    ["with a longer signature", { signature: `v1,${Buffer.alloc(64).toString("base64")}` }],
    ["with an empty signature", { signature: "v1," }],
    ["with a signature without its version", { signature: sign(BODY).slice(3) }],
    ["with the signature under another version", { signature: sign(BODY).replace("v1", "v2") }],
    ["with an asymmetric signature alone", { signature: sign(BODY).replace("v1", "v1a") }],
    ["with a signature that is no base64", { signature: "v1,@@@@" }],
    ["with commas alone", { signature: ",,, ,, ," }],
    ["with the dots of another split", { id: `wh_1.${NOW}`, signature: sign(BODY) }],
  ])("%s", async (_name, given) => {
    const error = await fault(requestOf(given));
    expect([error.reason, error.status, error.path]).toEqual(["invalid_signature", 400, "webhook-signature"]);
  });

  it("with any single bit of the signature changed", async () => {
    const bytes = Buffer.from(sign(BODY).slice(3), "base64");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const signature = `v1,${changed.toString("base64")}`;
      expect((await fault(requestOf({ signature }))).reason).toBe("invalid_signature");
    }
  });

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("without %s", async (name) => {
    const request = requestOf();
    request.headers.delete(name);
    expect(await fault(request)).toMatchObject({ reason: "missing_header", path: name, status: 400 });
    request.headers.set(name, "");
    expect(await fault(request)).toMatchObject({ reason: "missing_header", path: name });
  });

  it.each(["yesterday", "1e9", "-1", "0x5", "1614265330.5", " ", "16142653300000", "Infinity", "NaN"])(
    "with the timestamp %j",
    async (at) => {
      const reason = at.trim() === "" ? "missing_header" : "invalid_timestamp";
      expect((await fault(requestOf({ at }))).reason).toBe(reason);
    },
  );
});

describe("a replayed webhook", () => {
  it.each([
    [-301, "too_old"],
    [-86_400, "too_old"],
    [301, "too_new"],
    [86_400, "too_new"],
  ])("is refused %d seconds from now, though it is signed", async (seconds, reason) => {
    const error = await fault(requestOf({ at: String(NOW + seconds) }));
    expect([error.reason, error.status, error.path]).toEqual([reason, 400, "webhook-timestamp"]);
  });

  it.each([-300, 0, 300])("is accepted %d seconds from now", async (seconds) => {
    expect((await verifyWebhook(requestOf({ at: String(NOW + seconds) }), SECRET)).id).toBe("wh_1");
  });

  it("is judged by the option tolerance, in milliseconds", async () => {
    const request = (): Request => requestOf({ at: String(NOW - 60) });
    expect((await fault(request(), SECRET, { tolerance: 59_999 })).reason).toBe("too_old");
    expect((await verifyWebhook(request(), SECRET, { tolerance: 60_000 })).id).toBe("wh_1");
    expect((await verifyWebhook(requestOf({ at: "1" }), SECRET, { tolerance: Infinity })).id).toBe("wh_1");
    expect((await verifyWebhook(requestOf(), SECRET, { tolerance: 0 })).id).toBe("wh_1");
  });
});

describe("a genuine webhook", () => {
  it("gives the id of its delivery, its typed event, and the body as it was sent", async () => {
    const { id, event, body }: Webhook = await verifyWebhook(requestOf(), SECRET);
    expect({ id, body }).toEqual({ id: "wh_1", body: BODY });
    if (event.type !== "response.completed") throw new Error(event.type);
    expect(event.data.id).toBe("resp_1");
  });

  it.each(VECTORS)("of the specification's example is accepted", async ({ secret, id, timestamp, body, signature }) => {
    vi.setSystemTime(timestamp * 1000);
    const request = requestOf({ body, id, at: String(timestamp), signature });
    expect(await verifyWebhook(request, secret)).toEqual({ id, event: JSON.parse(body) as unknown, body });
    const plain = requestOf({ body, id, at: String(timestamp), signature });
    expect((await verifyWebhook(plain, secret.replace("whsec_", ""))).id).toBe(id);
  });

  it("may have several signatures, in any order, of any version", async () => {
    const good = sign(BODY);
    const others = [sign(BODY, { secret: OTHER }), "v1a,AAAA", "v9,x", "", "v1"];
    for (let at = 0; at <= others.length; at++) {
      const signature = [...others.slice(0, at), good, ...others.slice(at)].join(" ");
      expect((await verifyWebhook(requestOf({ signature }), SECRET)).id).toBe("wh_1");
    }
  });

  it("may be signed with any of several secrets, while one replaces the other", async () => {
    for (const secret of [SECRET, OTHER])
      expect((await verifyWebhook(requestOf({ signature: sign(BODY, { secret }) }), [OTHER, SECRET])).id).toBe("wh_1");
    const third = sign(BODY, { secret: "whsec_AAAA" });
    expect((await fault(requestOf({ signature: third }), [OTHER, SECRET])).reason).toBe("invalid_signature");
  });

  it("is verified by its bytes, whatever they are and however they are cut", async () => {
    for (const text of [BODY.replace("evt_1", "Æ 🐟"), `\uFEFF{"type":"x"}`]) {
      const bytes = new TextEncoder().encode(text);
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
          controller.close();
        },
      });
      const request = requestOf({ body: stream, signed: bytes });
      if (text.startsWith("{")) expect((await verifyWebhook(request, SECRET)).body).toBe(text);
      else expect((await fault(request)).reason).toBe("invalid_body");
    }
    const broken = Uint8Array.of(0x7b, 0xff, 0x7d);
    expect((await fault(requestOf({ body: broken, signed: broken }))).reason).toBe("invalid_body");
  });

  it.each(["", "[]", "null", "5", "{", '"x"'])(
    "whose body is %j is refused once its signature is checked",
    async (body) => {
      expect((await fault(requestOf({ body, signed: body }))).reason).toBe("invalid_body");
      expect((await fault(requestOf({ body }))).reason).toBe("invalid_signature");
    },
  );
});

describe("the body", () => {
  it("is read up to the limit, and a longer one is refused with 413 before its end", async () => {
    let pulls = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls++;
        controller.enqueue(new Uint8Array(1000));
      },
      cancel() {
        cancelled = true;
      },
    });
    const error = await fault(requestOf({ body: endless }), SECRET, { maxBytes: 5000 });
    expect([error.reason, error.status]).toEqual(["too_large", 413]);
    expect(pulls).toBeLessThan(10);
    expect(cancelled).toBe(true);
    const size = new TextEncoder().encode(BODY).length;
    expect((await verifyWebhook(requestOf(), SECRET, { maxBytes: size })).id).toBe("wh_1");
    expect((await fault(requestOf(), SECRET, { maxBytes: size - 1 })).reason).toBe("too_large");
  });

  it("that breaks off is a WebhookError", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("reset")),
    });
    expect((await fault(requestOf({ body: broken }))).reason).toBe("broken_body");
  });

  it("that does not arrive within a minute is refused with 408", async () => {
    vi.useFakeTimers({ now: NOW * 1000, toFake: ["Date", "setTimeout", "clearTimeout"] });
    const refused = fault(requestOf({ body: new ReadableStream<Uint8Array>() }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await refused).toMatchObject({ reason: "late_body", status: 408 });
  });

  it("whose announced length is over the limit is not read", async () => {
    const request = requestOf();
    request.headers.set("content-length", "5000000");
    expect((await fault(request)).reason).toBe("too_large");
    expect(request.bodyUsed).toBe(false);
  });

  it("is not read if headers or time are wrong", async () => {
    const request = requestOf({ at: "1" });
    await fault(request);
    expect(request.bodyUsed).toBe(false);
  });

  it("that somebody has read or locked is the program's mistake", async () => {
    const used = requestOf();
    await used.text();
    await expect(verifyWebhook(used, SECRET)).rejects.toMatchObject({ name: "InputError", path: "request.body" });
    const locked = requestOf();
    locked.body?.getReader();
    await expect(verifyWebhook(locked, SECRET)).rejects.toMatchObject({ name: "InputError", path: "request.body" });
  });
});

describe("a body of another kind is the program's mistake, not the sender's", () => {
  const { headers } = requestOf();
  it.each([
    ["a stream of Node", Readable.from([Buffer.from(BODY)])],
    ["a parsed body", JSON.parse(BODY) as unknown],
    ["a text", BODY],
    ["none", undefined],
    ["a stream of texts", new Response(BODY).body?.pipeThrough(new TextDecoderStream())],
  ])("%s", async (_, body) => {
    const request = { method: "POST", headers, body, bodyUsed: false };
    const error: unknown = await verifyWebhook(request as never, SECRET).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "InputError", path: "request.body" });
    expect(errorResponse(error).status).toBe(500);
  });
});

it("a body that is not UTF-8 is refused, although it is genuine", async () => {
  const body = Buffer.from('{"type":"caf\xe9"}', "latin1");
  expect(await fault(requestOf({ body, signature: sign(body) }))).toMatchObject({
    reason: "invalid_body",
    status: 400,
  });
});

describe("a wrong argument", () => {
  it.each(["null", "test", "true", "whsec_", btoa("fifteen bytes!!")])(
    "is an InputError: a secret that is short enough to guess, %s",
    async (secret) => {
      const request = requestOf({ signature: sign(BODY, { secret }) });
      await expect(verifyWebhook(request, secret)).rejects.toMatchObject({ name: "InputError", path: "secret" });
    },
  );

  it.each([undefined, null, "", "whsec_", "whsec_@@@", "not base64!", 5, {}, [], [""], [undefined], [SECRET, "?"]])(
    "is an InputError that says nothing of the secret: secret = %j",
    async (secret) => {
      const error = await verifyWebhook(requestOf(), secret as string).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: "InputError", path: expect.stringMatching(/^secret/) as string });
      expect(JSON.stringify([error, String(error)])).not.toMatch(/@@@|not base64!/);
    },
  );

  it.each([undefined, null, {}, "x", new Response("x"), new Headers()])(
    "is an InputError: request = %s",
    async (value) => {
      await expect(verifyWebhook(value as Request, SECRET)).rejects.toMatchObject({
        name: "InputError",
        path: "request",
      });
    },
  );

  it.each([
    { tolerance: -1 },
    { tolerance: Number.NaN },
    { tolerance: "5" },
    { maxBytes: 0 },
    { maxbytes: 5 },
    { window: 5 },
    null,
  ])("is an InputError: options = %j", async (options) => {
    await expect(verifyWebhook(requestOf(), SECRET, options as never)).rejects.toMatchObject({ name: "InputError" });
  });
});

it("errorResponse() answers a forged webhook with its status, and the program's mistake with 500", async () => {
  const statusOf = (secret: string, given?: Given): Promise<number> =>
    verifyWebhook(requestOf(given), secret, { maxBytes: 500 }).then(
      () => 200,
      (error: unknown) => errorResponse(error).status,
    );
  expect(await statusOf(SECRET)).toBe(200);
  expect(await statusOf(OTHER)).toBe(400);
  expect(await statusOf(SECRET, { at: "1" })).toBe(400);
  expect(await statusOf(SECRET, { body: "x".repeat(501) })).toBe(413);
  expect(await statusOf("")).toBe(500);
});

it("an error holds nothing of secret, signature or body, and is told apart by its reason", async () => {
  const errors = [
    await fault(requestOf({ signature: sign(BODY, { secret: OTHER }) })),
    await fault(requestOf({ at: "1" })),
    await fault(requestOf(), SECRET, { maxBytes: 1 }),
  ];
  for (const error of errors) {
    expect(isInputError(error)).toBe(true);
    const text = JSON.stringify([
      error,
      Object.getOwnPropertyNames(error).map((name): unknown => Reflect.get(error, name)),
    ]);
    for (const word of [SECRET.slice(6), sign(BODY).slice(3), "resp_1", "MfKQ"]) expect(text).not.toContain(word);
    expect(error.message).toContain(error.path);
  }
});
