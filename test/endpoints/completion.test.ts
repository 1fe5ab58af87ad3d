import { describe, expect, expectTypeOf, it } from "vitest";
import { streamCompletion, httpInfo, isStreamError, type StreamError } from "../../src/index.ts";
import { faults } from "../../src/testing/index.ts";
import { all, failure, lastBody, NAMED, setUp } from "./support.ts";

describe("completion()", () => {
  it("sends the prompt with the client's model for completions, and returns the API's answer", async () => {
    const { client, mock } = setUp({ models: NAMED });
    mock.reply("Once upon a time");
    const completion = await client.completion("Tell me a story");
    expect(completion.choices[0]).toEqual({
      text: "Once upon a time",
      index: 0,
      logprobs: null,
      finish_reason: "stop",
    });
    expect(lastBody(mock)).toEqual({ model: "base-model", prompt: "Tell me a story" });
    expect(httpInfo(completion)?.status).toBe(200);
  });

  it("uses the model of the params, else of the client; undefined does not hide the default", async () => {
    const { client, mock } = setUp({ models: NAMED });
    await client.completion(["a", "b"], { model: undefined, max_tokens: 5 });
    await client.completion([1, 2, 3], { model: "other-model" });
    expect(mock.requests.map((request) => request.body)).toEqual([
      { model: "base-model", prompt: ["a", "b"], max_tokens: 5 },
      { model: "other-model", prompt: [1, 2, 3] },
    ]);
  });

  it("rejects a missing prompt, options among the params and the stream flag, and sends nothing", async () => {
    const { client, mock } = setUp({ models: NAMED });
    expect(await failure(client.completion(undefined as never))).toMatchObject({ kind: "InputError", path: "prompt" });
    expect(await failure(client.completion("x", { signal: AbortSignal.abort() } as never))).toMatchObject({
      kind: "InputError",
      path: "params.signal",
    });
    expect(await failure(client.completion("x", { stream: true } as never))).toMatchObject({
      kind: "InputError",
      path: "params.stream",
    });
    expect(mock.requests).toEqual([]);
  });
});

describe("streamCompletion()", () => {
  it("yields chunks with content, and assembles the API's whole answer", async () => {
    const { client } = setUp({ models: NAMED });
    const params = { max_tokens: 40, logprobs: 1, n: 2, seed: 1 };
    const whole = await client.completion("Name three rivers", params);
    const stream = await streamCompletion(client, "Name three rivers", params);
    const chunks = await all(stream);
    const text = (index: number): string =>
      chunks
        .filter((chunk) => chunk.index === index)
        .map((chunk) => chunk.content)
        .join("");
    expect([text(0), text(1)]).toEqual(whole.choices.map((choice) => choice.text));
    expect(stream.ending).toBe("complete");
    expect(await stream.final()).toEqual({ ...whole, id: expect.any(String), created: expect.any(Number) });
    expectTypeOf(chunks[0]!.content).toEqualTypeOf<string>();
  });

  it("requests usage unless it is turned off, and reports it", async () => {
    const { client, mock } = setUp({ models: NAMED });
    const stream = await streamCompletion(client, "Hello");
    expect((await stream.final()).usage?.total_tokens).toBeGreaterThan(0);
    expect(lastBody(mock)).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    const other = setUp({ models: NAMED, includeUsage: false });
    await (await streamCompletion(other.client, "Hello")).final();
    expect(lastBody(other.mock)).not.toHaveProperty("stream_options");
  });

  it("ends with length at the token limit", async () => {
    const { client } = setUp({ models: NAMED });
    const stream = await streamCompletion(client, "Name three rivers", { max_tokens: 2 });
    expect((await stream.final()).choices[0]?.finish_reason).toBe("length");
    expect(stream.ending).toBe("length");
  });

  it("is truncated if the body ends early, and keeps the part that arrived", async () => {
    const { client, mock } = setUp({ models: NAMED, maxRetries: 0 });
    mock.reply({ text: "one two three", fault: faults.cut({ afterEvents: 2 }) });
    const stream = await streamCompletion(client, "Count");
    const error = (await failure(stream.final())) as unknown as StreamError;
    expect(isStreamError(error)).toBe(true);
    expect(error).toMatchObject({ ending: "truncated", partial: { text: "one two", message: undefined } });
  });

  it("ends after every prompt of a list has an answer", async () => {
    const { client, mock } = setUp({ models: NAMED, maxRetries: 0 });
    mock.reply({
      events: [
        'data: {"choices":[{"index":0,"text":"a","logprobs":null,"finish_reason":"stop"}]}\n\n',
        'data: {"choices":[{"index":1,"text":"b","logprobs":null,"finish_reason":"stop"}]}\n\n',
      ],
    });
    const stream = await streamCompletion(client, ["x", "y"]);
    expect((await stream.final()).choices.map((choice) => choice.text)).toEqual(["a", "b"]);
  });

  it("accepts a whole completion instead of a stream", async () => {
    const { client, mock } = setUp({ models: NAMED });
    mock.reply({
      status: 200,
      body: {
        id: "cmpl-1",
        object: "text_completion",
        created: 1,
        model: "m",
        choices: [{ text: "All at once", index: 0, logprobs: null, finish_reason: "stop" }],
      },
    });
    const stream = await streamCompletion(client, "Hello");
    expect((await all(stream)).map((chunk) => chunk.content)).toEqual(["All at once"]);
    expect((await stream.final()).choices[0]?.text).toBe("All at once");
  });
});
