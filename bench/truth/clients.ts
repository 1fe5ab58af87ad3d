import { createOpenAI } from "@ai-sdk/openai";
import { streamText as xsaiStreamText } from "@xsai/stream-text";
import { rawTool } from "@xsai/tool";
import { jsonSchema, streamText, tool } from "ai";
import { createClient } from "fetchat";
import OpenAI from "openai";
import { MESSAGES, MODEL } from "../lib/adapter.ts";

/** The outcome of an answer for a program that uses one client. */
export interface Outcome {
  readonly text: string;
  /** Names and arguments of the calls that the client returned. */
  readonly calls: readonly (readonly [name: string, args: string])[];
}

/** The settings of a client: its defaults, or its own documented time limits at one second. */
export type Setting = "defaults" | "limits";

/** A client under test: reads one answer, and rejects if the client reports a failure. */
export interface TruthClient {
  readonly title: string;
  /** The settings of `limits`; undefined if the client's documentation has no time limit. */
  readonly limits: string | undefined;
  ask(baseURL: string, setting: Setting, tools: readonly string[]): Promise<Outcome>;
}

const KEY = "sk-truth-0123456789";
const PARAMETERS = { type: "object", properties: {} } as const;
const SECOND = 1000;

/** As in the README: a loop, then the whole answer. */
const fetchat: TruthClient = {
  title: "fetchat",
  limits: "`timeout: { headers: 1000, firstContent: 1000, idle: 1000 }`",
  async ask(baseURL, setting, tools) {
    const timeout = setting === "limits" ? { headers: SECOND, firstContent: SECOND, idle: SECOND } : undefined;
    const client = createClient({ apiKey: KEY, baseURL, timeout });
    const params = tools.length > 0 ? { tools: declarations(tools) } : {};
    const stream = await client.streamChat(MESSAGES, { model: MODEL, ...params });
    let text = "";
    for await (const chunk of stream) if (chunk.index === 0) text += chunk.content;
    const completion = await stream.final();
    const calls = completion.choices[0]?.message.tool_calls ?? [];
    return {
      text,
      calls: calls.flatMap((call) =>
        call.type === "function" ? [[call.function.name, call.function.arguments] as const] : [],
      ),
    };
  },
};

/**
 * As in the README: a loop over deltas. The program assembles the calls, as openai's guide to function calling does.
 */
const openai: TruthClient = {
  title: "openai, `stream: true`",
  limits: "`timeout: 1000`",
  async ask(baseURL, setting, tools) {
    const client = openaiClient(baseURL, setting);
    const params = tools.length > 0 ? { tools: declarations(tools) } : {};
    const stream = await client.chat.completions.create({ model: MODEL, messages: MESSAGES, stream: true, ...params });
    let text = "";
    const calls: Record<number, [string, string]> = {};
    for await (const chunk of stream) {
      const choice = chunk.choices[0];
      if (choice?.index !== undefined && choice.index !== 0) continue;
      text += choice?.delta?.content ?? "";
      for (const call of choice?.delta.tool_calls ?? []) {
        const known = calls[call.index];
        if (known) known[1] += call.function?.arguments ?? "";
        else calls[call.index] = [call.function?.name ?? "", call.function?.arguments ?? ""];
      }
    }
    return { text, calls: Object.values(calls) };
  },
};

/** As in helpers.md: the stream helper, which assembles the answer and checks its ending. */
const openaiHelper: TruthClient = {
  title: "openai, `.stream()`",
  limits: "`timeout: 1000`",
  async ask(baseURL, setting, tools) {
    const params = tools.length > 0 ? { tools: declarations(tools) } : {};
    const stream = openaiClient(baseURL, setting).chat.completions.stream({
      model: MODEL,
      messages: MESSAGES,
      ...params,
    });
    let text = "";
    for await (const chunk of stream)
      for (const choice of chunk.choices) if (choice.index === 0) text += choice.delta.content ?? "";
    const { choices } = await stream.finalChatCompletion();
    const calls = choices[0]?.message.tool_calls ?? [];
    return {
      text,
      calls: calls.flatMap((call) =>
        call.type === "function" ? [[call.function.name, call.function.arguments] as const] : [],
      ),
    };
  },
};

function openaiClient(baseURL: string, setting: Setting): OpenAI {
  return new OpenAI({ apiKey: KEY, baseURL, ...(setting === "limits" ? { timeout: SECOND } : {}) });
}

/**
 * As in the documentation: `textStream` for the text, `steps` for the calls. It returns calls only if the tools exist.
 */
const xsai: TruthClient = {
  title: "@xsai/stream-text",
  limits: undefined,
  async ask(baseURL, _setting, tools) {
    const given = tools.map((name) =>
      rawTool({ name, description: name, parameters: PARAMETERS, execute: () => "done" }),
    );
    const options = {
      apiKey: KEY,
      baseURL,
      model: MODEL,
      messages: MESSAGES,
      ...(given.length > 0 ? { tools: given } : {}),
    };
    const result = xsaiStreamText(options);
    const { textStream } = result;
    const steps = result.steps;
    steps.catch(() => undefined);
    let text = "";
    for await (const part of textStream) text += part;
    const [step] = await steps;
    return { text, calls: (step?.toolCalls ?? []).map(({ toolName, args }) => [toolName, args] as const) };
  },
};

/** As in the documentation: every part of the stream, errors included. Calls that it marks as invalid do not count. */
const ai: TruthClient = {
  title: "ai + @ai-sdk/openai",
  limits: "`timeout: { firstChunkMs: 1000, chunkMs: 1000 }`",
  async ask(baseURL, setting, tools) {
    const model = createOpenAI({ apiKey: KEY, baseURL }).chat(MODEL);
    const given = Object.fromEntries(
      tools.map((name) => [name, tool({ description: name, inputSchema: jsonSchema(PARAMETERS) })]),
    );
    const timeout = setting === "limits" ? { firstChunkMs: SECOND, chunkMs: SECOND } : undefined;
    const result = streamText({
      model,
      messages: MESSAGES,
      ...(tools.length > 0 ? { tools: given } : {}),
      ...(timeout ? { timeout } : {}),
      onError: () => undefined,
    });
    let text = "";
    const calls: (readonly [string, string])[] = [];
    for await (const part of result.stream) {
      if (part.type === "text-delta") text += part.text;
      else if (part.type === "error")
        throw part.error instanceof Error ? part.error : new Error(JSON.stringify(part.error));
      else if (part.type === "abort") throw new Error("aborted");
      else if (part.type === "tool-call" && !("invalid" in part && part.invalid))
        calls.push([part.toolName, JSON.stringify(part.input)]);
    }
    if ((await result.finishReason) === "error") throw new Error("finishReason is error");
    return { text, calls };
  },
};

export const TRUTH_CLIENTS = { fetchat, openai, openaiHelper, xsai, ai } as const;

export type TruthName = keyof typeof TRUTH_CLIENTS;

function declarations(tools: readonly string[]): {
  type: "function";
  function: { name: string; description: string; parameters: { type: "object"; properties: object } };
}[] {
  return tools.map((name) => ({ type: "function", function: { name, description: name, parameters: PARAMETERS } }));
}
