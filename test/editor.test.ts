import { existsSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { INSTALLED } from "../scripts/lib/paths.ts";

/** A program beside the installed package, which exists for the language service alone. */
const FILE = `${INSTALLED}/editor.ts`;
const HEAD = `
import { createClient, extra, tool } from "fetchat";
import type { ChatParams, ContentPart, Message } from "fetchat";
import { createResponse, responses } from "fetchat/responses";
import { imageGeneration, transcription } from "fetchat/media";
import * as v from "valibot";
import { z } from "zod";
import { z as z3 } from "zod/v3";
const client = createClient({ apiKey: "k" });
const messages: Message[] = [];
const weather = tool({ name: "get_weather", execute: () => "Rain" });
const chat = client.newChatSession();
const signal = new AbortController().signal;
const execute = (): number => 1;
`;
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

let text = HEAD;
let version = 0;
const service = ts.createLanguageService({
  getCompilationSettings: () => OPTIONS,
  getScriptFileNames: () => [FILE],
  getScriptVersion: (path) => (path === FILE ? String(version) : "0"),
  getScriptSnapshot(path) {
    if (path === FILE) return ts.ScriptSnapshot.fromString(text);
    return existsSync(path) ? ts.ScriptSnapshot.fromString(readFileSync(path, "utf8")) : undefined;
  },
  getCurrentDirectory: () => INSTALLED,
  getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  fileExists: (path) => path === FILE || existsSync(path),
  readFile: (path) => (path === FILE ? text : readFileSync(path, "utf8")),
});

/** Shows a line to the language service. Returns the place of `|` in it, which is taken out. */
function show(line: string): number {
  const at = HEAD.length + line.indexOf("|");
  text = HEAD + line.replace("|", "");
  version++;
  return at;
}

/** What an editor shows over the name at `|`: its declaration, its documentation, and its tags. */
function hover(line: string): string {
  const info = service.getQuickInfoAtPosition(FILE, show(line));
  const tags = (info?.tags ?? []).map((tag) => `@${tag.name} ${ts.displayPartsToString(tag.text)}`);
  return [ts.displayPartsToString(info?.documentation), ...tags].join(" ").trim();
}

/** The texts that an editor suggests between the quotes at `|`. */
function completions(line: string): string[] {
  const found = service.getCompletionsAtPosition(FILE, show(line), {});
  return (found?.entries ?? []).filter(({ kind }) => kind === ts.ScriptElementKind.string).map(({ name }) => name);
}

/** What the compiler has against a line, in its own words, without the notes about other overloads. */
function mistakes(line: string): string {
  text = HEAD + line;
  version++;
  return service
    .getSemanticDiagnostics(FILE)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n").split("\n").at(-1)?.trim())
    .join("; ");
}

describe("an editor shows the documentation", () => {
  it.each<[string, string]>([
    [
      "client.chat(messages, { temp|erature: 1 })",
      'Sampling temperature, from 0 to 2. Reasoning models take it only with `reasoning_effort: "none"`. @default 1',
    ],
    [
      'client.streamChat(messages, { reasoning_eff|ort: "low" })',
      "The effort of the model's reasoning. Models differ in the values that they accept.",
    ],
    [
      "client.newChatSession({ tools: [weather], max_completion|_tokens: 1 })",
      "Limit on the tokens of an answer, including its reasoning.",
    ],
    ['createResponse(client, "Hi", { incl|ude: [] })', "Additional contents of the response."],
    [
      'client.chat(messages, extra({ service|_tier: "flex" }, {}))',
      'The tier that processes the request and sets its price. @default "auto"',
    ],
  ])("of the param in %s", (line, documentation) => {
    expect(hover(line)).toBe(documentation);
  });

  it("of a method, with an example", () => {
    expect(hover('client.embed|ding("Hello")')).toContain("Returns vectors as lists of numbers");
    expect(hover("client.ch|at(messages)")).toMatch(/^Requests a chat completion\..*@example/s);
  });
});

describe("an editor suggests", () => {
  it("current models", () => {
    const models = completions('client.chat(messages, { model: "|" })');
    expect(models).toContain("gpt-6-luna");
    expect(models).not.toContain("gpt-4o");
  });

  it("efforts, in chat's form and in that of the Responses API", () => {
    const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
    expect(completions('client.chat(messages, { reasoning_effort: "|" })').sort()).toEqual(efforts.sort());
    expect(completions('createResponse(client, "Hi", { reasoning: { effort: "|" } })').sort()).toEqual(efforts.sort());
  });

  it("what a response may bring besides", () => {
    expect(completions('createResponse(client, "Hi", { include: ["|"] })')).toContain("reasoning.encrypted_content");
    expect(completions('responses({ include: ["|"] })')).toContain("web_search_call.action.sources");
  });

  it("no option among the params, and nothing internal on a client", () => {
    const names = (line: string): string[] =>
      (service.getCompletionsAtPosition(FILE, show(line), {})?.entries ?? []).map(({ name }) => name);
    const params = names("client.chat(messages, { | })");
    expect(params).toEqual(expect.arrayContaining(["temperature", "tools"]));
    expect(params).not.toContain("signal");
    const members = names("client.|");
    expect(members).toEqual(expect.arrayContaining(["chat", "streamChat", "newChatSession", "embedding", "model"]));
    for (const internal of ["send", "settings", "imageGeneration", "createResponse"])
      expect(members).not.toContain(internal);
  });
});

describe("the compiler's words", () => {
  it.each<[string, string, string]>([
    [
      "a misspelt param",
      "client.chat(messages, { temperatur: 1 })",
      "Object literal may only specify known properties, but 'temperatur' does not exist in type 'ChatParams'. Did you mean to write 'temperature'?",
    ],
    [
      "an option among the params",
      "client.chat(messages, { signal: AbortSignal.timeout(1) })",
      "Object literal may only specify known properties, and 'signal' does not exist in type 'ChatParams'.",
    ],
    [
      "a param of a wrong type",
      'client.chat(messages, { temperature: "0" })',
      "Type 'string' is not assignable to type 'number'.",
    ],
    [
      "a misspelt param beside an extra field",
      "client.chat(messages, extra({ temperatur: 1 }, { provider: {} }))",
      "Object literal may only specify known properties, but 'temperatur' does not exist in type 'ChatParams'. Did you mean to write 'temperature'?",
    ],
    [
      "a stream asked for by a param",
      "client.chat(messages, { stream: true })",
      "Type 'true' is not assignable to type '\"call streamChat(), or give onChunk\"'.",
    ],
    [
      "a message without content",
      'client.chat([{ role: "user" }])',
      "Property 'content' is missing in type '{ role: \"user\"; }' but required in type 'UserMessage'.",
    ],
    [
      "an object in place of a client",
      'imageGeneration({ model: "x" }, "A heron")',
      "Property '#private' is missing in type '{ model: string; }' but required in type 'Connection'.",
    ],
    [
      "an endpoint that the client does not bind",
      'client.imageGeneration("A heron")',
      "Property 'imageGeneration' does not exist on type 'OpenAI'.",
    ],
    [
      "the text of a response as a field",
      'const text: string = (await createResponse(client, "Hi")).output_text',
      "Type 'undefined' is not assignable to type 'string'.",
    ],
    [
      "strict as a flag",
      'tool({ name: "t", strict: true, execute: () => 1 })',
      "Object literal may only specify known properties, and 'strict' does not exist in type 'ToolOptions<unknown, StandardSchema<unknown>>'.",
    ],
    [
      "a misspelt option",
      "client.chat(messages, {}, { abortSignal: null })",
      "Object literal may only specify known properties, and 'abortSignal' does not exist in type 'ChatOptions'.",
    ],
    [
      "a format that a transcription does not have",
      'transcription(client, new Blob(), { response_format: "docx" })',
      'Type \'"docx"\' is not assignable to type \'"json" | "text" | "srt" | "verbose_json" | "vtt" | "diarized_json" | undefined\'.',
    ],
  ])("for %s are plain", (_, line, words) => {
    expect(mistakes(line)).toBe(words);
  });

  it("are those that the page on errors quotes for common mistakes", () => {
    const page = readFileSync(new URL("../docs/errors.md", import.meta.url), "utf8");
    const table = page.slice(page.indexOf("### In the editor"), page.indexOf("## Fields of an APIError"));
    const rows = [...table.matchAll(/^\| `(.*)` \| `(.*)` \|$/gm)].map(([, ...cells]) =>
      cells.map((cell) => cell.replaceAll("\\|", "|")),
    );
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.map(([wrote = ""]) => [wrote, mistakes(wrote)])).toEqual(rows);
  });

  it("are none for what is right", () => {
    const right = [
      'const a: string | null = (await client.chat(messages, { model: "any-model" })).choices[0]!.message.content;',
      'const b: number[] | undefined = (await client.embedding("x")).data[0]?.embedding;',
      'const c: Float32Array | undefined = (await client.embedding("x", { encoding_format: "base64" })).data[0]?.embedding;',
      'const d: string = await transcription(client, new Blob(), { response_format: "srt" });',
      'const e: ContentPart = extra({ type: "text", text: "x" }, { cache_control: {} });',
      'const f: ContentPart = { type: "video_url", video_url: { url: "" } };',
      "const g: ChatParams = extra({ top_p: 1 }, { top_k: 3 });",
      "const h = client.newChatSession({ tools: [weather], api: responses() });",
      'const i: string = await h.send("x");',
    ];
    expect(mistakes([...right, "export { a, b, c, d, e, f, g, i, imageGeneration, createResponse };"].join("\n"))).toBe(
      "",
    );
  });
});
