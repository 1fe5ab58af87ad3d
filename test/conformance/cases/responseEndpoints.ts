import type { ConformanceCase } from "../case.ts";
import { all, equal, match, rejects } from "../expect.ts";
import { streamed } from "../wire.ts";

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const delta = (text: string): string =>
  event("response.output_text.delta", { item_id: "msg_1", output_index: 0, content_index: 0, delta: text });
const created = event("response.created", {
  response: { id: "resp_1", object: "response", status: "in_progress", output: [] },
});

/** The Responses API with the mock API, which stores responses. responses.ts has raw streams. */
export const responseEndpoints: ConformanceCase[] = [
  {
    name: "a response is created, read again, listed by its input items, and deleted",
    async run({ talk, fetchat }) {
      const { client, script } = await talk({ mock: "Blue." });
      const made = await fetchat.createResponse(
        client,
        [
          { role: "user", content: "Sky?" },
          { role: "user", content: "Quick!" },
        ],
        { instructions: "Be brief" },
      );
      equal(fetchat.outputText(made), "Blue.");
      equal(await fetchat.response(client, made.id), made);
      const page = await fetchat.responseInputItems(client, made.id, { limit: 1, order: "asc" });
      match(page, { has_more: true, data: [{ role: "user" }] });
      equal((await all(page)).length, 2, "input items on all pages");
      match(await fetchat.deleteResponse(client, made.id), { id: made.id, deleted: true });
      await rejects(fetchat.response(client, made.id), { name: "APIError", status: 404 });
      const sent = (await script.exchanges()).map(
        ({ method, path }) => `${method} ${path.replaceAll(made.id, "ID").replace(/after=\w+/, "after=ITEM")}`,
      );
      equal(sent, [
        "POST /v1/responses",
        "GET /v1/responses/ID",
        "GET /v1/responses/ID/input_items?limit=1&order=asc",
        "GET /v1/responses/ID/input_items?limit=1&order=asc&after=ITEM",
        "DELETE /v1/responses/ID",
        "GET /v1/responses/ID",
      ]);
    },
  },
  {
    name: "a response in the background can be cancelled, one in the foreground cannot",
    async run({ talk, fetchat }) {
      const { client } = await talk();
      const waiting = await fetchat.createResponse(client, "A long story", { background: true });
      equal(waiting.status, "queued");
      match(await fetchat.cancelResponse(client, waiting.id), { id: waiting.id, status: "cancelled" });
      match(await fetchat.response(client, waiting.id), { status: "cancelled" });
      const { id } = await fetchat.createResponse(client, "Hello");
      await rejects(fetchat.cancelResponse(client, id), { name: "APIError", status: 400 });
    },
  },
  {
    name: "a streamed response yields every event of the API, and the whole response that is stored",
    streams: true,
    async run({ talk, fetchat }) {
      const { client } = await talk({
        mock: {
          text: "Grüße 👋",
          reasoning: "Let me think",
          toolCalls: [{ name: "look_up", arguments: { city: "Oslo" } }],
        },
      });
      const stream = await fetchat.streamResponse(client, "Hello", {
        tools: [{ type: "function", name: "look_up", parameters: { type: "object" }, strict: false }],
      });
      const chunks = await all(stream);
      equal(
        [chunks.map(({ content }) => content).join(""), chunks.map(({ reasoning }) => reasoning).join("")],
        ["Grüße 👋", "Let me think"],
      );
      equal(chunks.flatMap(({ calls }) => calls.map((call) => call.arguments)).join(""), '{"city":"Oslo"}');
      const whole = await stream.final();
      equal(stream.ending, "tool_calls");
      match(fetchat.outputCalls(whole), [{ name: "look_up", arguments: '{"city":"Oslo"}' }]);
      equal(await fetchat.response(client, whole.id), whole);
    },
  },
  {
    name: "a session over the Responses API of two turns, a tool run and a lost id, with a server that keeps the conversation",
    async run({ talk, fetchat }) {
      const { client, script } = await talk(
        { mock: "Hello." },
        { mock: { toolCalls: [{ name: "get_weather", arguments: { city: "Oslo" } }] } },
        { mock: "It rains in Oslo." },
      );
      const weather = fetchat.tool({
        name: "get_weather",
        parameters: { type: "object", properties: { city: { type: "string" } } },
        execute: ({ city }) => `Rain in ${String(city)}`,
      });
      const api = fetchat.responses({ state: "server", instructions: "Be brief" });
      const chat = client.newChatSession({ api, tools: [weather] });
      const ids: unknown[] = [];
      const noteId = (): unknown => ids.push(chat.messages.at(-1)?.responses?.id);
      equal(await chat.send("Hi"), "Hello.");
      noteId();
      equal(await chat.send("Weather?", {}, { onChunk: () => undefined }), "It rains in Oslo.");
      ids.push(chat.messages[3]?.responses?.id);
      noteId();
      equal(chat.lastTurn?.steps.length, 2);
      await fetchat.deleteResponse(client, String(ids[2]));
      equal((await chat.send("Thanks")).length > 0, true);
      const bodies = (await script.exchanges())
        .filter(({ method }) => method === "POST")
        .map(({ body }) => body as Record<string, unknown>);
      equal(
        bodies.map((body) => body["previous_response_id"]),
        [undefined, ids[0], ids[1], ids[2], undefined],
      );
      equal((bodies[4]?.["input"] as object[]).length, 7, "items that are sent again");
    },
  },
  {
    name: "a session over the Responses API is streamed, with its calls as they run",
    streams: true,
    async run({ talk, fetchat }) {
      const { client } = await talk(
        { mock: { toolCalls: [{ name: "get_weather", arguments: { city: "Oslo" } }] } },
        { mock: "Rain." },
      );
      const weather = fetchat.tool({ name: "get_weather", execute: () => "Rain" });
      const events = await all(
        await client.newChatSession({ api: fetchat.responses(), tools: [weather] }).stream("Weather?"),
      );
      equal(events.map(({ content }) => content).join(""), "Rain.");
      const told = events
        .map(({ type }) => type)
        .filter((type) => type === "tool_call" || type === "tool_result" || type === "step_end");
      equal(told, ["step_end", "tool_call", "tool_result", "step_end"]);
    },
  },
  {
    name: "a streamed response that was cut at its limit resolves as incomplete",
    hostile: true,
    streams: true,
    async run({ talk, fetchat }) {
      const { client } = await talk(
        { mock: { text: "Once upon", finishReason: "length" } },
        { mock: { text: "Once", finishReason: "content_filter" } },
      );
      const stream = await fetchat.streamResponse(client, "A story");
      equal([fetchat.outputText(await stream.final()), stream.ending], ["Once upon", "length"]);
      const filtered = await fetchat.streamResponse(client, "A story");
      match(await filtered.final(), { status: "incomplete" });
      equal(filtered.ending, "content_filter");
    },
  },
  {
    name: "an error event among a response's events is a provider error, in both of its forms",
    hostile: true,
    streams: true,
    async run({ talk, fetchat }) {
      const error = { type: "tokens", code: "rate_limit_exceeded", message: "Slow down", param: null };
      const { client } = await talk(
        streamed(created, delta("Hel"), event("error", { ...error, type: "error" })),
        streamed(created, delta("Hel"), event("error", { error })),
      );
      for (let turn = 0; turn < 2; turn++) {
        const told = {
          kind: "StreamError",
          ending: "provider_error",
          code: "rate_limit_exceeded",
          message: "Slow down",
          partial: { text: "Hel" },
        };
        await rejects((await fetchat.streamResponse(client, "Hello")).final(), told);
      }
    },
  },
  {
    name: "a response that falls silent is stalled, with and without keep-alives",
    hostile: true,
    async run(context) {
      const script = await context.script(
        streamed(created, delta("Hel"), { repeat: ": keep-alive\n\n", every: 20 }),
        streamed(created, delta("Hel"), { hang: true }),
      );
      const client = context.client(script, { timeout: { idle: 150 } });
      for (let turn = 0; turn < 2; turn++) {
        await rejects((await context.fetchat.streamResponse(client, "Hello")).final(), {
          kind: "StreamError",
          ending: "stalled",
          partial: { text: "Hel" },
        });
      }
      await script.left();
    },
  },
  {
    name: "a response whose stream breaks is truncated, and its session goes on from before",
    hostile: true,
    async run({ talk, fetchat }) {
      const { client, script } = await talk(
        { mock: "One." },
        streamed(created, delta("Tw"), { wait: 20 }, { reset: true }),
        { mock: "Two." },
      );
      const chat = client.newChatSession({ api: fetchat.responses({ state: "server" }) });
      await chat.send("A");
      const id = chat.messages.at(-1)?.responses?.id;
      await rejects(chat.send("B", {}, { onChunk: () => undefined }), { kind: "StreamError", ending: "truncated" });
      equal(await chat.generateResponse(), "Two.");
      const [, cut, again] = (await script.exchanges()).map(({ body }) => body as Record<string, unknown>);
      equal(
        [cut?.["previous_response_id"], again?.["previous_response_id"], again?.["input"]],
        [id, id, cut?.["input"]],
      );
    },
  },
];
