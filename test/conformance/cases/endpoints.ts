import type { ConformanceCase } from "../case.ts";
import { all, equal, match, ok, rejects } from "../expect.ts";
import { streamed } from "../wire.ts";

/** Endpoints for text and numbers with the mock API. media.ts, files.ts and responseEndpoints.ts have the others. */
export const endpoints: ConformanceCase[] = [
  {
    name: "a text completion is returned whole",
    async run({ talk }) {
      const { client, script } = await talk({ mock: " there was a cat." });
      const answer = await client.completion("Once", { model: "base-model", max_tokens: 8 });
      match(answer, {
        object: "text_completion",
        choices: [{ text: " there was a cat.", finish_reason: "stop" }],
        usage: { total_tokens: (count: number) => count > 0 },
      });
      const [request] = await script.exchanges();
      match(request, {
        method: "POST",
        path: "/v1/completions",
        body: { model: "base-model", prompt: "Once", max_tokens: 8 },
      });
    },
  },
  {
    name: "a streamed text completion yields its chunks, and assembles the whole answer",
    streams: true,
    async run({ talk, fetchat }) {
      const { client } = await talk({ mock: " there was a cät 🐈." });
      const stream = await fetchat.streamCompletion(client, "Once", { model: "base-model" });
      equal((await all(stream)).map(({ content }) => content).join(""), " there was a cät 🐈.");
      equal(stream.ending, "complete");
      match(await stream.final(), {
        choices: [{ text: " there was a cät 🐈.", finish_reason: "stop" }],
        usage: { total_tokens: (count: number) => count > 0 },
      });
    },
  },
  {
    name: "a text completion without its finish reason is truncated",
    hostile: true,
    streams: true,
    async run({ talk, fetchat }) {
      const { client } = await talk({ mock: " there was a cat.", faults: [["cut", { afterEvents: 2 }]] });
      await rejects((await fetchat.streamCompletion(client, "Once", { model: "base-model" })).final(), {
        kind: "StreamError",
        ending: "truncated",
        partial: { text: / there/ },
      });
    },
  },
  {
    name: "embeddings are returned for a text, for several texts, and for tokens",
    async run({ talk }) {
      const { client, script } = await talk();
      const one = await client.embedding("red", { dimensions: 8 });
      const several = await client.embedding(["red", "green"], { dimensions: 8 });
      const tokens = await client.embedding([1, 2, 3], { dimensions: 4 });
      equal(
        [one, several, tokens].map(({ data }) => data.map(({ index, embedding }) => [index, embedding.length])),
        [
          [[0, 8]],
          [
            [0, 8],
            [1, 8],
          ],
          [[0, 4]],
        ],
      );
      equal(several.data[0]?.embedding, one.data[0]?.embedding);
      const inputs = (await script.exchanges()).map(({ body }) => (body as { input: unknown }).input);
      equal(inputs, ["red", ["red", "green"], [1, 2, 3]]);
    },
  },
  {
    name: "an embedding in base64 becomes a Float32Array of the same numbers",
    async run({ talk }) {
      const { client } = await talk();
      const plain = await client.embedding("red", { dimensions: 8 });
      const packed = await client.embedding("red", { dimensions: 8, encoding_format: "base64" });
      const vector = packed.data[0]?.embedding;
      ok(vector instanceof Float32Array, "a Float32Array");
      equal([...vector], [...Float32Array.from(plain.data[0]?.embedding ?? [])]);
    },
  },
  {
    name: "a moderation has a result for each input",
    async run({ talk }) {
      const { client } = await talk();
      const { results } = await client.moderation(["Good morning", "I will attack you"]);
      equal(
        results.map(({ flagged }) => flagged),
        [false, true],
      );
      equal([results[1]?.categories["violence"], results[1]?.categories["hate"]], [true, false]);
    },
  },
  {
    name: "models are listed, iterated and found by name; an unknown one is a 404",
    async run({ talk, fetchat }) {
      const { client } = await talk();
      const page = await client.models();
      const names = (await all(page)).map(({ id }) => id);
      ok(names.includes("gpt-6-luna"), `gpt-6-luna among ${names.join(", ")}`);
      match(await fetchat.model(client, "gpt-6-luna"), { id: "gpt-6-luna", object: "model" });
      await rejects(fetchat.model(client, "gpt-none"), { name: "APIError", status: 404, code: "model_not_found" });
    },
  },
  {
    name: "ids are escaped in paths, and cannot leave their segment",
    hostile: true,
    async run({ talk, fetchat }) {
      const { client, script } = await talk();
      const odd = "org/ft:gpt?a=1#ü 100%";
      for (const call of [
        () => fetchat.model(client, odd),
        () => fetchat.file(client, odd),
        () => fetchat.deleteFile(client, odd),
        () => fetchat.response(client, odd),
      ])
        await rejects(call(), { status: 404 });
      const escaped = "org%2Fft%3Agpt%3Fa%3D1%23%C3%BC%20100%25";
      equal(
        (await script.exchanges()).map(({ method, path }) => `${method} ${path}`),
        [
          `GET /v1/models/${escaped}`,
          `GET /v1/files/${escaped}`,
          `DELETE /v1/files/${escaped}`,
          `GET /v1/responses/${escaped}`,
        ],
      );
      for (const id of ["..", ".", ""])
        ok(fetchat.isInputError(await rejects(fetchat.deleteFile(client, id))), `an InputError for "${id}"`);
      equal((await script.exchanges()).length, 4, "requests");
    },
  },
  {
    name: "request() and streamRequest() reach endpoints without a function",
    async run({ talk }) {
      const { client, script } = await talk({ mock: "Hi" });
      const body = { model: "gpt-6-luna", messages: [{ role: "user", content: "Hello" }] };
      const events = await all(await client.streamRequest("/chat/completions", body));
      ok(events.length > 2, "several events");
      match(await client.request("/models", { limit: 3 }, { method: "GET" }), { object: "list" });
      equal(
        (await script.exchanges()).map(({ method, path }) => `${method} ${path}`),
        ["POST /v1/chat/completions", "GET /v1/models?limit=3"],
      );
    },
  },
  {
    name: "a malformed answer to an embedding is an APIError",
    hostile: true,
    async run({ talk }) {
      const { client } = await talk(streamed("<html>Sign in</html>"), {
        headers: { "content-type": "application/json" },
        body: ['{"object":"list","data":[{"embedding":"%%%"}]}'],
      });
      await rejects(client.embedding("red"), { name: "APIError", status: 200 });
      await rejects(client.embedding("red", { encoding_format: "base64" }), { name: "APIError", code: "not_base64" });
    },
  },
];
