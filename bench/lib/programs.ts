import type { AdapterName } from "./adapter.ts";

const HELLO = `[{ role: "user", content: "Hello" }]`;
const WEATHER = `{ type: "object", properties: { city: { type: "string" } }, required: ["city"] }`;

/** A program to bundle: the shortest of its kind in a package's documentation. */
export interface Program {
  readonly title: string;
  readonly code: string;
}

/** Programs with one streamed chat. */
export const STREAMED: { readonly [Name in AdapterName | "fetchatFree"]?: Program } & Readonly<
  Record<"fetchat" | "fetchatFree", Program>
> = {
  fetchatFree: {
    title: "fetchat, free functions",
    code: `import { createConnection, streamChat } from "fetchat";
const connection = createConnection({ apiKey: "k" });
for await (const chunk of await streamChat(connection, ${HELLO}, { model: "m" })) console.log(chunk.content);`,
  },
  fetchat: {
    title: "fetchat, createClient",
    code: `import { createClient } from "fetchat";
const client = createClient({ apiKey: "k" });
for await (const chunk of await client.streamChat(${HELLO}, { model: "m" })) console.log(chunk.content);`,
  },
  openai: {
    title: "openai",
    code: `import OpenAI from "openai";
const client = new OpenAI({ apiKey: "k" });
const stream = await client.chat.completions.create({ model: "m", messages: ${HELLO}, stream: true });
for await (const chunk of stream) console.log(chunk.choices[0]?.delta?.content);`,
  },
  ai: {
    title: "ai + @ai-sdk/openai",
    code: `import { createOpenAI } from "@ai-sdk/openai";
import { streamText } from "ai";
const { textStream } = streamText({ model: createOpenAI({ apiKey: "k" }).chat("m"), messages: ${HELLO} });
for await (const text of textStream) console.log(text);`,
  },
  xsai: {
    title: "@xsai/stream-text",
    code: `import { streamText } from "@xsai/stream-text";
const { textStream } = streamText({ apiKey: "k", baseURL: "https://api.openai.com/v1/", model: "m", messages: ${HELLO} });
for await (const text of textStream) console.log(text);`,
  },
  openaiFetch: {
    title: "openai-fetch",
    code: `import { OpenAIClient } from "openai-fetch";
const client = new OpenAIClient({ apiKey: "k" });
for await (const chunk of await client.streamChatCompletion({ model: "m", messages: ${HELLO} })) console.log(chunk.choices[0]?.delta?.content);`,
  },
  openaiEdge: {
    title: "openai-edge + eventsource-parser",
    code: `import { Configuration, OpenAIApi } from "openai-edge";
import { EventSourceParserStream } from "eventsource-parser/stream";
const openai = new OpenAIApi(new Configuration({ apiKey: "k" }));
const response = await openai.createChatCompletion({ model: "m", messages: ${HELLO}, stream: true });
for await (const { data } of response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) {
  if (data === "[DONE]") break;
  console.log(JSON.parse(data).choices[0]?.delta?.content);
}`,
  },
  parser: {
    title: "floor: eventsource-parser",
    code: `import { createParser } from "eventsource-parser";
const response = await fetch("https://api.openai.com/v1/chat/completions", { method: "POST", headers: { authorization: "Bearer k", "content-type": "application/json" }, body: JSON.stringify({ model: "m", messages: ${HELLO}, stream: true }) });
const reader = response.body.getReader();
const decoder = new TextDecoder();
const parser = createParser({ onEvent({ data }) { if (data !== "[DONE]") console.log(JSON.parse(data).choices[0]?.delta?.content); } });
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  parser.feed(decoder.decode(value, { stream: true }));
}`,
  },
};

/** Programs with a conversation and a tool that the client runs. */
export const TOOLS: { readonly [Name in AdapterName | "fetchatFree" | "fetchatResponses"]?: Program } & Readonly<
  Record<"fetchat" | "fetchatFree" | "fetchatResponses", Program>
> = {
  fetchatFree: {
    title: "fetchat, free functions",
    code: `import { ChatSession, createConnection, tool } from "fetchat";
const connection = createConnection({ apiKey: "k", model: "m" });
const weather = tool({ name: "get_weather", parameters: ${WEATHER}, execute: ({ city }) => "Rain in " + city });
console.log(await new ChatSession(connection, { tools: [weather] }).send("Is it raining in Oslo?"));`,
  },
  fetchatResponses: {
    title: "fetchat, createClient and responses()",
    code: `import { createClient, tool } from "fetchat";
import { responses } from "fetchat/responses";
const weather = tool({ name: "get_weather", parameters: ${WEATHER}, execute: ({ city }) => "Rain in " + city });
const chat = createClient({ apiKey: "k" }).newChatSession({ model: "m", tools: [weather], api: responses() });
console.log(await chat.send("Is it raining in Oslo?"));`,
  },
  fetchat: {
    title: "fetchat, createClient",
    code: `import { createClient, tool } from "fetchat";
const weather = tool({ name: "get_weather", parameters: ${WEATHER}, execute: ({ city }) => "Rain in " + city });
console.log(await createClient({ apiKey: "k" }).newChatSession({ model: "m", tools: [weather] }).send("Is it raining in Oslo?"));`,
  },
  openai: {
    title: "openai",
    code: `import OpenAI from "openai";
const runner = new OpenAI({ apiKey: "k" }).chat.completions.runTools({ model: "m", messages: ${HELLO}, stream: true, tools: [{ type: "function", function: { name: "get_weather", parameters: ${WEATHER}, parse: JSON.parse, function: ({ city }) => "Rain in " + city } }] });
console.log(await runner.finalContent());`,
  },
  ai: {
    title: "ai + @ai-sdk/openai",
    code: `import { createOpenAI } from "@ai-sdk/openai";
import { isStepCount, jsonSchema, streamText, tool } from "ai";
const weather = tool({ description: "w", inputSchema: jsonSchema(${WEATHER}), execute: ({ city }) => "Rain in " + city });
const { textStream } = streamText({ model: createOpenAI({ apiKey: "k" }).chat("m"), messages: ${HELLO}, tools: { get_weather: weather }, stopWhen: isStepCount(8) });
for await (const text of textStream) console.log(text);`,
  },
  xsai: {
    title: "@xsai/stream-text",
    code: `import { streamText } from "@xsai/stream-text";
import { rawTool } from "@xsai/tool";
const weather = rawTool({ name: "get_weather", parameters: ${WEATHER}, execute: ({ city }) => "Rain in " + city });
const { textStream } = streamText({ apiKey: "k", baseURL: "https://api.openai.com/v1/", model: "m", messages: ${HELLO}, tools: [weather], maxSteps: 8 });
for await (const text of textStream) console.log(text);`,
  },
};

/** The packages that each client's program installs. */
export const PACKAGES: Readonly<Partial<Record<AdapterName, readonly string[]>>> = {
  fetchat: ["fetchat"],
  openai: ["openai"],
  ai: ["ai", "@ai-sdk/openai"],
  xsai: ["@xsai/stream-text", "@xsai/generate-text", "@xsai/tool"],
  openaiFetch: ["openai-fetch"],
  openaiEdge: ["openai-edge", "eventsource-parser"],
  parser: ["eventsource-parser"],
};
