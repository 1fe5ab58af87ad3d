/**
 * Conversations that change the API, the service, the key and the model between turns, with services that forget and mistrust. It names no
 * platform and no test runner.
 */
import type { Api } from "../../src/conversation/apis/api.ts";
import { ChatSession, type Message, type SavedChat, type SessionTool, tool, type ToolCall } from "../../src/index.ts";
import { responses } from "../../src/responses/index.ts";
import { type Spoken, type SpokenCall, World } from "../support/services.ts";

type Fields = Record<string, unknown>;

/** Numbers from a seed, the same every time. */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761) >>> 0;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

const TURNS = 10;
const MODELS = ["gpt-6-luna", "gpt-5-mini", "gpt-4o"];
const NAMES = ["look", "fail", "photo", "ask", "hand", "code", "nothing"];

const tools: SessionTool[] = [
  tool({ name: "look", execute: () => "Rain" }),
  tool({
    name: "fail",
    execute: () => {
      throw new Error("no network");
    },
  }),
  tool({ name: "photo", execute: () => [{ type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } }] }),
  tool({ name: "ask", needsApproval: true, execute: () => "Paid" }),
  { type: "function", function: { name: "hand" } },
  { type: "custom", custom: { name: "code" } },
];

/** What a model may say: of the output items the ids are its own. */
class Model {
  readonly #chance: Chance;
  #count = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  speak(): Spoken {
    const chance = this.#chance;
    const at = ++this.#count;
    const kind = chance.below(10);
    if (kind < 3) return { text: `Answer ${at}` };
    if (kind === 3) return { refusal: "No" };
    if (kind === 4)
      return {
        text: "Once",
        cut: chance.of(["length", "content_filter"]),
        ...(chance.is(0.5) && { calls: this.#calls(at) }),
      };
    if (kind < 7) return { ...(chance.is(0.4) && { text: "Let me see" }), calls: this.#calls(at) };
    return { output: this.#output(at) };
  }

  #calls(at: number): SpokenCall[] {
    const chance = this.#chance;
    return Array.from({ length: 1 + chance.below(3) }, (_, place) => {
      const name = chance.of(NAMES);
      const id = chance.of([`call_${at}_${place}`, "call_1", "", `call_${"x".repeat(80)}_${at}_${place}`]);
      return name === "code"
        ? { id, name, text: "print(1)", custom: true }
        : { id, name, text: chance.of(["{}", '{"a":1}', "", "{oops", "null"]) };
    });
  }

  #output(at: number): Fields[] {
    const chance = this.#chance;
    const message = (text: string, id: string, fields: Fields = {}): Fields => ({
      id: `msg_${at}_${id}`,
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
      ...fields,
    });
    const reasoning = { id: `rs_${at}`, type: "reasoning", summary: [] };
    const thought = chance.of<Fields[]>([
      [],
      [reasoning],
      [{ ...reasoning, encrypted_content: "secret" }],
      [{ ...reasoning, content: [{ type: "reasoning_text", text: "Hm" }] }],
    ]);
    const search = {
      id: `ws_${at}`,
      type: "web_search_call",
      status: "completed",
      action: { type: "search", query: "q" },
    };
    const call = {
      type: "function_call",
      id: `fc_${at}`,
      call_id: `call_${at}`,
      name: "look",
      arguments: "{}",
      status: "completed",
    };
    const program = { id: `prog_${at}`, type: "program", call_id: `p_${at}`, code: "f()", fingerprint: "x" };
    return chance.of<Fields[]>([
      [...thought, message("So", "a")],
      [...thought, search, message("Found", "a")],
      [...thought, message("Let me see", "a", { phase: "commentary" }), message("So", "b", { phase: "final_answer" })],
      [...thought, call],
      [...thought, message("So", "a"), call],
      [message("So", "a"), ...thought],
      [...thought, { id: `ig_${at}`, type: "image_generation_call", status: "completed", result: "aGk=", size: "1x1" }],
      [
        ...thought,
        { id: `sh_${at}`, type: "shell_call", status: "completed", call_id: `s_${at}`, action: { commands: ["ls"] } },
      ],
      [{ id: `mcpr_${at}`, type: "mcp_approval_request", server_label: "maps", name: "route", arguments: "{}" }],
      [
        message("Before", "a"),
        { id: `cmp_${at}`, type: "compaction", encrypted_content: "secret" },
        message("After", "b"),
      ],
      [program, { ...call, status: "in_progress", caller: { type: "program", caller_id: `p_${at}` } }],
      [message("", "a", { content: [{ type: "refusal", refusal: "No" }] })],
      [
        {
          id: `ctc_${at}`,
          type: "custom_tool_call",
          call_id: `c_${at}`,
          name: "code",
          input: "1",
          status: "completed",
        },
      ],
      [],
    ]);
  }
}

/** Makes one conversation. @returns the number of its turns @throws Error that says what went wrong in which turn */
async function converse(seed: number): Promise<number> {
  const chance = new Chance(seed);
  const model = new Model(chance);
  const hiding = chance.is(0.5) ? "gpt-5-mini" : "";
  const world = new World(() => model.speak(), {
    forgets: () => chance.is(0.1),
    mistrusts: () => chance.is(0.1),
    hides: (name) => name === hiding,
  });
  const apis: (Api | undefined)[] = [
    undefined,
    responses(),
    responses({ state: "server", tools: [{ type: "web_search" }] }),
    responses({ store: true }),
  ];
  let chat: ChatSession<SessionTool> | undefined;
  for (let turn = 0; turn < TURNS; turn++) {
    const api = chance.of(apis);
    const connection = world.client(chance.of(["one", "two"]), chance.of(["k1", "k2"]));
    const saved = chat && chance.is(0.3) ? (JSON.parse(JSON.stringify(chat)) as SavedChat) : undefined;
    const begin = saved ? { saved } : { messages: chat?.messages ?? [] };
    chat = new ChatSession<SessionTool>(connection, { ...begin, api, tools, model: chance.of(MODELS), maxSteps: 4 });
    if (chance.is(0.15)) edit(chat.messages, chance);
    if (chance.is(0.1)) chat.prepareStep = ({ step }) => (step > 0 ? { api: apis[1] } : undefined);
    try {
      await takeTurn(chat, chance);
      if (world.faults.length > 0) throw new Error(world.faults.join("; "));
    } catch (error) {
      const told = JSON.stringify(world.requests.at(-1))?.slice(0, 3_000);
      throw new Error(`seed ${seed}, turn ${turn}: ${String(error)} ${world.faults.join("; ")}\n${told}`, {
        cause: error,
      });
    }
  }
  return TURNS;
}

/** Says something, and answers what the turn leaves open, or not. */
async function takeTurn(chat: ChatSession<SessionTool>, chance: Chance): Promise<void> {
  const options = chance.is(0.3) ? { onChunk: () => undefined } : {};
  if (chance.is(0.3)) await (await chat.stream(saying(chance))).final();
  else await chat.send(saying(chance), {}, options);
  for (let left = 2; left > 0; left--) {
    if (chat.lastTurn?.ending === "approval" && chance.is(0.7)) {
      if (chance.is(0.7)) chat.approve();
      else for (const call of chat.pending) chat.reject(call, "no.");
      await chat.generateResponse({}, options);
    } else if (chat.lastTurn?.ending === "tool_calls" && chance.is(0.7)) {
      const open = openCalls(chat.messages);
      if (open.length === 0) return;
      await chat.send(open.map((call) => ({ role: "tool", tool_call_id: call.id, content: "By hand" })));
    } else return;
  }
}

function saying(chance: Chance): string | Message {
  const image = { type: "image_url" as const, image_url: { url: "https://a.test/a.png" } };
  return chance.of<string | Message>([
    "Hello",
    "Go on",
    { role: "user", content: [{ type: "text", text: "See" }, image] },
    { role: "user", content: [{ type: "file", file: { file_id: "file_1" } }] },
    { role: "developer", content: "Be brief" },
    { role: "user", content: "", name: "Ada" },
  ]);
}

function openCalls(messages: readonly Message[]): ToolCall[] {
  const at = messages.findLastIndex(({ role }) => role === "assistant");
  const said = messages[at];
  const answered = new Set(messages.slice(at).map((message) => (message.role === "tool" ? message.tool_call_id : "")));
  return (said?.role === "assistant" ? (said.tool_calls ?? []) : []).filter(({ id }) => !answered.has(id));
}

/** What a program may do to its messages: change what was said, or leave some out. */
function edit(messages: Message[], chance: Chance): void {
  if (messages.length === 0) return;
  const at = chance.below(messages.length);
  const message = messages[at];
  if (chance.is(0.4)) messages.splice(at, 1);
  else if (message?.role === "assistant" && typeof message.content === "string")
    messages[at] = { ...message, content: "Changed" };
  else if (message?.role === "user") messages[at] = { ...message, content: "Changed" };
}

/**
 * Checks that conversations survive every change of API, service, key and model, and services that lose ids and refuse their own items: no
 * turn fails, and every request keeps its API's rules.
 *
 * @param runs how many conversations of ten turns are made
 * @param seed makes the same conversations again
 * @returns the number of turns
 * @throws Error that says what went wrong, with the seed of the conversation
 */
export async function conversationsSurviveChanges(runs: number, seed = 1): Promise<number> {
  let turns = 0;
  for (let run = 0; run < runs; run++) turns += await converse(seed * 1_000_003 + run);
  return turns;
}
