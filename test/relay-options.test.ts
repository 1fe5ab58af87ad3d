import { describe, expect, it } from "vitest";
import { createRelay, type RelayOptions } from "../src/relay/index.ts";
import { ask, errorOf, fine, KEY, relayTo } from "./support/relay.ts";

const BAD: readonly (readonly [keyof RelayOptions, readonly unknown[]])[] = [
  ["apiKey", [null, false, 0, {}, [], `${KEY}\n`, ` ${KEY}`, `${KEY}\u{1f511}`]],
  ["token", [null, false, true, 0, 1, {}, [], ["t"], Symbol("t"), " ", "t ", "t\n", "ü"]],
  ["open", ["false", "true", "", 0, 1, null, {}]],
  [
    "hosts",
    [
      "localhost",
      "",
      null,
      {},
      [1],
      [null],
      [["localhost"]],
      ["localhost:8787"],
      ["http://localhost"],
      ["LOCALHOST"],
      ["::1"],
      [""],
    ],
  ],
  [
    "origins",
    [
      "https://chat.example",
      "*",
      null,
      {},
      [1],
      ["*"],
      ["chat.example"],
      ["https://chat.example/"],
      ["https://chat.example/x"],
      ["HTTPS://chat.example"],
      [""],
    ],
  ],
  ["paths", ["/v1/chat/completions", null, {}, [], [1], ["chat/completions"], ["/v2/x"], ["/v1/"], ["/v1/x?y"], [""]]],
  ["heartbeat", [-1, NaN, "2000", null, {}, -Infinity]],
  ["headersWait", [-1, NaN, "2000", null, {}]],
  ["maxBody", [-1, 0, NaN, "10", null, {}]],
  ["bodyTimeout", [-1, 0, NaN, "10", null, {}]],
  ["answerTimeout", [-1, 0, NaN, "10", null, {}]],
  ["idleTimeout", [-1, 0, NaN, "10", null, {}]],
  ["fetch", [null, "fetch", {}, 1]],
  [
    "baseURL",
    [
      null,
      1,
      {},
      "",
      "api.openai.com",
      "/v1",
      "ftp://api.example",
      `https://user:${KEY}@api.example`,
      "http://api.example/v1",
    ],
  ],
];

describe("createRelay() throws", () => {
  it.each(BAD.flatMap(([name, values]) => values.map((value, at) => [name, at, value] as const)))(
    "for a wrong value of the option %s (%i)",
    (name, _, value) => {
      const make = (): unknown => createRelay({ apiKey: KEY, open: true, [name]: value });
      expect(make).toThrow(expect.objectContaining({ kind: "InputError", path: name }) as Error);
      expect(make).toThrow(expect.not.objectContaining({ message: expect.stringContaining(KEY) as string }) as Error);
    },
  );

  it.each(["apikey", "baseUrl", "allowedOrigins", "Token", "timeout", "toString"])(
    "for an unknown option (%s)",
    (name) => {
      expect(() => createRelay({ apiKey: KEY, [name]: undefined })).toThrow(/unknown option/);
    },
  );

  it("for a wrong option in a prototype, such as a getter of a class", () => {
    class Settings {
      readonly apiKey = KEY;
      get token(): null {
        return null;
      }
    }
    expect(() => createRelay(new Settings() as never)).toThrow(/token: expected/);
    expect(() => createRelay(Object.create({ apiKey: KEY, hosts: "localhost" }) as never)).toThrow(/hosts: expected/);
  });

  it.each([undefined, null, "key", 1, []])("without options (%j)", (options) => {
    expect(() => createRelay(options as unknown as RelayOptions)).toThrow(/options: expected an object/);
  });
});

describe("createRelay() creates a relay", () => {
  it.each([
    { token: undefined, hosts: undefined, origins: [], open: false },
    { token: "two words", heartbeat: 0, headersWait: Infinity, maxBody: Infinity, bodyTimeout: Infinity },
    { hosts: ["[::1]", "127.0.0.1", "chat.example"], origins: ["http://localhost:8787", "chrome-extension://abc"] },
    { paths: ["/v1/chat/completions", "/v1/responses"], answerTimeout: 0.5, idleTimeout: 1 },
  ])("with %j", (options) => {
    expect(() => createRelay({ apiKey: KEY, ...options })).not.toThrow();
  });

  it("with options from getters of a class, each read once", async () => {
    let read = 0;
    const token = "first-token";
    class Settings {
      readonly fetch = fine;
      readonly apiKey = KEY;
      get token(): string {
        return read++ === 0 ? token : "another-token";
      }
    }
    const relay = createRelay(new Settings());
    const answers = [token, "another-token"].map(async (one) => {
      const { status } = await relay(ask({ headers: { authorization: `Bearer ${one}` } }));
      return status;
    });
    expect(await Promise.all(answers)).toEqual([200, 401]);
  });

  it.each([undefined, null, 0, {}, "", " ", `${KEY}\n`, ["k"]])("that sends nothing if its key is %j", async (key) => {
    const { relay, calls } = relayTo(fine, { apiKey: () => key as never });
    expect(await errorOf(await relay(ask()))).toMatchObject({ status: 500, code: "relay_no_key" });
    expect(calls).toEqual([]);
  });

  it("that refuses the text undefined as a token if none is set", async () => {
    const { relay } = relayTo(fine, { token: "", open: false });
    for (const token of ["null", "undefined", "false", "0", "[object Object]", ""])
      expect((await relay(ask({ headers: { authorization: `Bearer ${token}` } }))).status).toBe(403);
  });
});
