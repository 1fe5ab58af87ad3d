import type { ConformanceCase } from "../case.ts";
import { all, equal, match, rejects } from "../expect.ts";
import { jsonReply, refusal, streamed } from "../wire.ts";

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const delta = (text: string): string =>
  event("response.output_text.delta", { item_id: "msg_1", output_index: 0, content_index: 0, delta: text });
const message = (text: string): object => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
});
const response = (output: readonly object[], fields: object = {}): object => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  status: "completed",
  error: null,
  incomplete_details: null,
  model: "gpt-6-luna",
  output,
  ...fields,
});
const created = event("response.created", { response: response([], { status: "in_progress" }) });
const call = {
  id: "fc_1",
  type: "function_call",
  call_id: "call_1",
  name: "get_weather",
  arguments: "",
  status: "in_progress",
};

export const responses: ConformanceCase[] = [
  {
    name: "a streamed response yields its text and ends with response.completed, with and without [DONE]",
    streams: true,
    async run({ talk, fetchat }) {
      const whole = response([message("Hello wörld")]);
      const { client } = await talk(
        streamed(created, delta("Hello "), delta("wörld"), event("response.completed", { response: whole })),
      );
      const stream = await fetchat.streamResponse(client, "Hello");
      equal((await all(stream)).map(({ content }) => content).join(""), "Hello wörld");
      equal(stream.ending, "complete");
      equal(await stream.final(), whole);
    },
  },
  {
    name: "a streamed response ends even if the server keeps the connection open",
    hostile: true,
    async run({ talk, fetchat }) {
      const { client, script } = await talk(
        streamed(created, delta("Hi"), event("response.completed", { response: response([message("Hi")]) }), {
          hang: true,
        }),
      );
      match(await (await fetchat.streamResponse(client, "Hello")).final(), { id: "resp_1" });
      await script.left();
    },
  },
  {
    name: "a streamed response without its last event is truncated, and a cut call is not returned",
    hostile: true,
    streams: true,
    async run({ talk, fetchat }) {
      const { client } = await talk(
        streamed(
          created,
          delta("Hel"),
          event("response.output_item.added", { output_index: 1, item: call }),
          event("response.function_call_arguments.delta", { item_id: "fc_1", output_index: 1, delta: '{"city":"Os' }),
        ),
      );
      const stream = await fetchat.streamResponse(client, "Hello");
      await rejects(stream.final(), { ending: "truncated", partial: { text: "Hel", toolCalls: [] } });
      equal(fetchat.outputCalls(stream.partial.response), []);
    },
  },
  {
    name: "a response that fails in its stream is a provider error with its message and code",
    hostile: true,
    streams: true,
    async run({ talk, fetchat }) {
      const failed = response([], { status: "failed", error: { code: "bio_policy", message: "Not that" } });
      const { client } = await talk(streamed(created, delta("Hel"), event("response.failed", { response: failed })));
      await rejects((await fetchat.streamResponse(client, "Hello")).final(), {
        ending: "provider_error",
        code: "bio_policy",
        message: "Not that",
      });
    },
  },
  {
    name: "a whole response that failed is an error, and a cut one is incomplete",
    hostile: true,
    async run({ talk, fetchat }) {
      const cut = response([message("Once")], {
        status: "incomplete",
        incomplete_details: { reason: "max_output_tokens" },
      });
      const { client } = await talk(
        jsonReply(response([], { status: "failed", error: { code: "server_error", message: "Boom" } })),
        jsonReply(cut),
      );
      await rejects(fetchat.createResponse(client, "Hello"), {
        name: "APIError",
        code: "server_error",
        message: "Boom",
      });
      const chat = client.newChatSession({ api: fetchat.responses() });
      equal(await chat.send("Hello"), "Once");
      equal(chat.lastTurn?.ending, "length");
    },
  },
  {
    name: "a session over the Responses API keeps its id through a failure, and sends all items once it is lost",
    hostile: true,
    async run({ talk, fetchat }) {
      const gone = refusal(404, {
        message: "Previous response with id 'resp_1' not found.",
        param: "previous_response_id",
        code: "previous_response_not_found",
      });
      const { client, script } = await talk(
        jsonReply(response([message("One")])),
        refusal(400, {}),
        gone,
        jsonReply(response([message("Two")], { id: "resp_2" })),
      );
      const chat = client.newChatSession({ api: fetchat.responses({ state: "server" }) });
      const idOf = (): unknown => chat.messages.findLast(({ role }) => role === "assistant")?.responses?.id;
      await chat.send("A");
      await rejects(chat.send("B"), { status: 400 });
      equal(idOf(), "resp_1");
      equal(await chat.generateResponse(), "Two");
      equal(idOf(), "resp_2");
      const bodies = (await script.exchanges()).map(({ body }) => body as Record<string, unknown>);
      equal(
        bodies.map((body) => body["previous_response_id"] ?? null),
        [null, "resp_1", "resp_1", null],
      );
      equal(bodies[3]?.["input"], [
        { role: "user", content: "A" },
        { role: "assistant", content: "One" },
        { role: "user", content: "B" },
      ]);
    },
  },
  {
    name: "a session over the Responses API runs its tools and sends their results behind the id",
    async run({ talk, fetchat }) {
      const asked = { ...call, arguments: '{"city":"Oslo"}', status: "completed" };
      const { client, script } = await talk(
        jsonReply(response([{ id: "rs_1", type: "reasoning", summary: [] }, asked])),
        jsonReply(response([message("Rain.")], { id: "resp_2" })),
      );
      const weather = fetchat.tool({ name: "get_weather", execute: ({ city }) => `Rain in ${String(city)}` });
      const api = fetchat.responses({ state: "server" });
      equal(await client.newChatSession({ api, tools: [weather] }).send("Weather?"), "Rain.");
      const [first, second] = (await script.exchanges()).map(({ body }) => body as Record<string, unknown>);
      equal(first?.["tools"], [{ type: "function", name: "get_weather", parameters: null, strict: false }]);
      equal(
        [second?.["previous_response_id"], second?.["input"]],
        ["resp_1", [{ type: "function_call_output", call_id: "call_1", output: "Rain in Oslo" }]],
      );
    },
  },
];
