import type { ChatCompletion, OpenAI, StreamError } from "../../../src/index.ts";
import type { ConformanceCase, Context, Limits } from "../case.ts";
import { equal, match, ok, Unmet } from "../expect.ts";
import { type Scenario, scenarios } from "../scenarios/index.ts";
import { HELLO } from "../wire.ts";

/** The outcome of an answer, however it was read. */
interface Learned {
  ending: string | undefined;
  text: string;
  reasoning: string;
  completion?: ChatCompletion | undefined;
  error?: StreamError | undefined;
}

type Way = (client: OpenAI, context: Context) => Promise<Learned>;

const BAD = ["aborted", "truncated", "stalled", "provider_error"];

const PATIENT = 10_000;

/** The server has ended its answer, so these limits are only a safeguard. */
const FAR: Limits = { headers: PATIENT, firstContent: PATIENT, idle: PATIENT, grace: PATIENT };

/** The ways to read a streamed answer. All must have the same outcome. */
const ways: Record<string, Way> = {
  "a loop": async (client) => read(await client.streamChat(HELLO)),
  "final()": async (client) => {
    const stream = await client.streamChat(HELLO);
    return settled(stream.final(), () => stream.ending);
  },
  onChunk: (client) => {
    const seen = { text: "", reasoning: "" };
    const onChunk = ({ index, content, reasoning }: { index: number; content: string; reasoning: string }): void => {
      if (index !== 0) return;
      seen.text += content;
      seen.reasoning += reasoning;
    };
    return settled(client.chat(HELLO, {}, { onChunk }), () => undefined, seen);
  },
  "a session": async (client) => {
    const chat = client.newChatSession();
    const seen = { text: "", reasoning: "" };
    const turn = async (): Promise<ChatCompletion> => {
      for await (const event of await chat.stream("Hello")) {
        seen.text += event.content;
        if (event.type === "reasoning") seen.reasoning += event.reasoning;
      }
      const step = chat.lastTurn?.steps[0];
      ok(step, "the session has no last turn");
      return step.raw as ChatCompletion;
    };
    return settled(turn(), () => chat.lastTurn?.ending, seen);
  },
  "toResponse(), read at its other end": async (client, { fetchat }) => {
    const stream = await client.streamChat(HELLO);
    const far = fetchat.createClient({
      apiKey: "sk-far",
      baseURL: "https://far.test/v1",
      maxRetries: 0,
      timeout: FAR,
      fetch: async () => stream.toResponse({ heartbeat: 100 }),
    });
    return read(await far.streamChat(HELLO));
  },
};

async function read(stream: Awaited<ReturnType<OpenAI["streamChat"]>>): Promise<Learned> {
  const seen = { text: "", reasoning: "" };
  const loop = async (): Promise<ChatCompletion> => {
    for await (const { index, content, reasoning } of stream) {
      if (index !== 0) continue;
      seen.text += content;
      seen.reasoning += reasoning;
    }
    return stream.final();
  };
  return settled(loop(), () => stream.ending, seen);
}

async function settled(
  outcome: Promise<ChatCompletion>,
  ending: () => string | undefined,
  seen?: { text: string; reasoning: string },
): Promise<Learned> {
  try {
    const completion = await outcome;
    const content = completion.choices[0]?.message.content;
    return {
      ending: ending(),
      completion,
      text: seen?.text ?? (typeof content === "string" ? content : ""),
      reasoning: seen?.reasoning ?? "",
    };
  } catch (caught) {
    const error = caught as StreamError;
    if (error.kind !== "StreamError") throw caught;
    if (seen) equal(error.partial.text, seen.text, "what the error says had arrived");
    return { ending: error.ending, error, text: error.partial.text, reasoning: error.partial.reasoning };
  }
}

function judge(scenario: Scenario, way: string, learned: Learned): void {
  const { ending, text, reasoning, completion, error } = learned;
  const message = completion?.choices[0]?.message;
  if (ending !== undefined) equal(ending, scenario.ending, `${way}: the ending`);
  else equal(error !== undefined, BAD.includes(scenario.ending), `${way}: whether it fails`);
  if (text !== scenario.text)
    throw new Unmet(
      `${way}: the text has ${text.length} characters, not ${scenario.text.length}: ${text.slice(0, 80)}`,
    );
  if (scenario.reasoning !== undefined && way !== "final()")
    equal(reasoning, scenario.reasoning, `${way}: the reasoning`);
  if (scenario.code !== undefined && way !== "toResponse(), read at its other end")
    equal(error?.code, scenario.code, `${way}: the code`);
  if (scenario.message) match(error?.message, scenario.message, `${way}: the message`);
  if (completion) judgeCompletion(scenario, way, completion);
  if (error) equal(error.partial.toolCalls.length, 0, `${way}: calls handed out by a failure`);
  if (scenario.refusal !== undefined) equal(message?.refusal, scenario.refusal, `${way}: the refusal`);
}

function judgeCompletion(scenario: Scenario, way: string, { choices, usage }: ChatCompletion): void {
  const message = choices[0]?.message;
  const calls = message?.tool_calls?.map((call) =>
    call.type === "function" ? [call.function.name, call.function.arguments] : [],
  );
  if (scenario.calls) equal(calls ?? [], scenario.calls, `${way}: the calls`);
  const ids = message?.tool_calls?.map(({ id }) => id) ?? [];
  ok(
    new Set(ids).size === ids.length && !ids.includes(""),
    `${way}: ids of calls must tell them apart: ${ids.join(", ")}`,
  );
  if (scenario.tokens !== undefined) equal(usage?.total_tokens, scenario.tokens, `${way}: the tokens`);
  if (scenario.keeps) match(message, scenario.keeps, `${way}: the message`);
  if (scenario.choices && way !== "a session")
    equal(
      choices.map((choice) => choice.message.content),
      scenario.choices,
      `${way}: the choices`,
    );
}

/** Reads an answer. Firefox reports the headers only with the first bytes, so a stall there is one of the headers. */
async function learn(way: Way, client: OpenAI, context: Context): Promise<Learned> {
  try {
    return await way(client, context);
  } catch (error) {
    if (!context.fetchat.isTimeoutError(error)) throw error;
    equal(error.phase, "headers", "the phase of the time-out");
    return { ending: "stalled", text: "", reasoning: "" };
  }
}

/** Uses short limits only in cases about silence, so that a slow machine does not count as silent. */
function patient(scenario: Scenario, limits: Limits): Limits {
  if (scenario.ending === "stalled") return limits;
  return { headers: PATIENT, firstContent: PATIENT, idle: PATIENT, grace: hangs(scenario) ? limits.grace : PATIENT };
}

/** True if the server does not end the answer, so that only a time limit does. */
function hangs({ reply }: Scenario): boolean {
  return reply.body?.some((part) => typeof part === "object" && ("hang" in part || "repeat" in part)) ?? false;
}

async function runScenario(scenario: Scenario, context: Context): Promise<void> {
  const names = Object.keys(ways);
  const waiting = await context.script(...names.map(() => scenario.reply));
  const asking = context.client(waiting, { timeout: patient(scenario, context.limits) });
  await Promise.all(names.map(async (name) => judge(scenario, name, await learn(ways[name] as Way, asking, context))));
  equal((Object.prototype as { polluted?: unknown }).polluted, undefined, "Object.prototype");
}

export const truth: ConformanceCase[] = scenarios.map((scenario) => ({
  name: `${scenario.ending}: ${scenario.name}`,
  hostile: scenario.hostile ?? false,
  streams: scenario.streams ?? true,
  waits: hangs(scenario),
  timeout: 2 * PATIENT,
  run: (context) => runScenario(scenario, context),
}));
