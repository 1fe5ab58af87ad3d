import { describe, expect, expectTypeOf, it } from "vitest";
import { failure, lastBody, setUp } from "./support.ts";

describe("embedding()", () => {
  it.each([
    ["a string", "Hello", 1],
    ["strings", ["Hello", "there"], 2],
    ["tokens", [1, 2, 3], 1],
    ["lists of tokens", [[1, 2], [3]], 2],
  ] as const)("takes %s", async (_, input, count) => {
    const { client, mock } = setUp();
    const list = await client.embedding(input, { dimensions: 8 });
    expect(list.data.map((one) => one.embedding.length)).toEqual(Array.from({ length: count }, () => 8));
    expect(lastBody(mock)).toEqual({ model: "text-embedding-3-small", input, dimensions: 8 });
    expectTypeOf(list.data[0]!.embedding).toEqualTypeOf<number[]>();
  });

  it("decodes base64 on request, to the API's own numbers", async () => {
    const { client, mock } = setUp();
    const plain = await client.embedding("Hello");
    const packed = await client.embedding("Hello", { encoding_format: "base64" });
    expect(lastBody(mock)).toMatchObject({ encoding_format: "base64" });
    expect(packed.data[0]?.embedding).toBeInstanceOf(Float32Array);
    expect([...packed.data[0]!.embedding]).toEqual(plain.data[0]!.embedding.map(Math.fround));
    expectTypeOf(plain.data[0]!.embedding).toEqualTypeOf<number[]>();
    expectTypeOf(packed.data[0]!.embedding).toEqualTypeOf<Float32Array<ArrayBuffer>>();
  });

  it("has both types if the format is not known", async () => {
    const { client, mock } = setUp();
    const params: { encoding_format: "base64" | "float" } = {
      encoding_format: ["float" as const, "base64" as const][mock.requests.length]!,
    };
    const list = await client.embedding("Hello", params);
    expectTypeOf(list.data[0]!.embedding).toEqualTypeOf<number[] | Float32Array<ArrayBuffer>>();
  });

  it("accepts numbers from a server without base64, and rejects unreadable ones", async () => {
    const { client, mock } = setUp();
    mock.reply(
      {
        status: 200,
        body: { object: "list", model: "m", data: [{ object: "embedding", index: 0, embedding: [1, 0.5] }] },
      },
      {
        status: 200,
        body: { object: "list", model: "m", data: [{ object: "embedding", index: 0, embedding: "***" }] },
      },
    );
    const list = await client.embedding("Hello", { encoding_format: "base64" });
    expect(list.data[0]?.embedding).toEqual(Float32Array.from([1, 0.5]));
    expect(await failure(client.embedding("Hello", { encoding_format: "base64" }))).toMatchObject({
      kind: "APIError",
      code: "not_base64",
      status: 200,
    });
  });

  it("rejects a missing input and sends nothing", async () => {
    const { client, mock } = setUp();
    expect(await failure(client.embedding(null as never))).toMatchObject({ kind: "InputError", path: "input" });
    expect(mock.requests).toEqual([]);
  });

  it("does not send OpenAI's default to a provider that has none", async () => {
    const provider = {
      name: "Elsewhere",
      baseURL: "https://elsewhere.test/v1",
      model: "m",
      variables: {},
      cors: "unknown",
    } as const;
    const { client, mock } = setUp({ provider });
    expect(await failure(client.embedding("Hello"))).toMatchObject({
      kind: "InputError",
      path: "params.model",
      message: expect.stringContaining("Elsewhere"),
    });
    expect(mock.requests).toEqual([]);
    await client.embedding("Hello", { model: "its-own" });
    expect(lastBody(mock)).toEqual({ model: "its-own", input: "Hello" });
    const other = setUp({ provider: { ...provider, models: { embedding: "theirs" } } });
    await other.client.embedding("Hello");
    expect(lastBody(other.mock)).toMatchObject({ model: "theirs" });
  });
});

describe("moderation()", () => {
  it("flags harmful content of each input", async () => {
    const { client, mock } = setUp();
    const { results } = await client.moderation(["I will kill them", "I will call them"]);
    expect(results.map((result) => [result.flagged, result.categories.violence])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(lastBody(mock)).toEqual({
      model: "omni-moderation-latest",
      input: ["I will kill them", "I will call them"],
    });
  });

  it("accepts texts and images together", async () => {
    const { client, mock } = setUp({ models: { moderation: "text-moderation-latest" } });
    const input = [
      { type: "text", text: "Hello" },
      { type: "image_url", image_url: { url: "https://example.test/a.png" } },
    ] as const;
    const { results } = await client.moderation(input);
    expect(results).toHaveLength(1);
    expect(lastBody(mock)).toEqual({ model: "text-moderation-latest", input });
    expect(await failure(client.moderation(undefined as never))).toMatchObject({ kind: "InputError", path: "input" });
  });
});
