import { describe, expect, it } from "vitest";
import type { Message } from "../../src/index.ts";
import { toInput } from "../../src/responses/inputItems.ts";
import type { InputOptions } from "../../src/responses/inputItems.ts";
import { inputFaults } from "../support/responsesInput.ts";

type Fields = Record<string, unknown>;

/** Translates messages, and fails for an input that the API would refuse. */
function inputOf(messages: readonly unknown[], options: Partial<InputOptions> = {}): Fields[] {
  const copy = structuredClone(messages);
  const input = toInput(messages as Message[], { to: "api", ...options }) as unknown as Fields[];
  expect(messages, "the document is not written to").toEqual(copy);
  if (options.after === undefined && !options.hasMore) expect(inputFaults(input)).toEqual([]);
  return input;
}

const user = (content: unknown): Fields => ({ role: "user", content });
const call = (id: string, name = "f", text = "{}"): Fields => ({
  id,
  type: "function",
  function: { name, arguments: text },
});
const calling = (...calls: Fields[]): Fields => ({ role: "assistant", content: null, tool_calls: calls });
const result = (id: string, content: unknown = "done"): Fields => ({ role: "tool", tool_call_id: id, content });
const message = (text: string, fields: Fields = {}): Fields => ({
  id: "msg_1",
  type: "message",
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
  ...fields,
});
const callItem = (id: string, fields: Fields = {}): Fields => ({
  id: `fc_${id}`,
  type: "function_call",
  status: "completed",
  call_id: id,
  name: "f",
  arguments: "{}",
  ...fields,
});
const reasoning = (fields: Fields = {}): Fields => ({ id: "rs_1", type: "reasoning", summary: [], ...fields });
const encrypted = reasoning({ encrypted_content: "gAAAA" });
const kept = (said: Fields, items: Fields[], fields: Fields = {}): Fields => ({
  role: "assistant",
  content: null,
  ...said,
  responses: { items, from: "api", ...fields },
});
const UNKNOWN = "No result: the call may have run. Its outcome is unknown.";

describe("messages over the Responses API", () => {
  it("are items: roles stay, names are dropped, and provider fields too", () => {
    const messages = [
      { role: "system", content: "Be brief", name: "boss" },
      { role: "developer", content: [{ type: "text", text: "Really" }] },
      { ...user("Hi"), name: "Ada" },
      { role: "assistant", content: "Hello", reasoning_content: "Hm", reasoning_details: [{}], extra_content: {} },
      user(""),
    ];
    expect(inputOf(messages)).toEqual([
      { role: "system", content: "Be brief" },
      { role: "developer", content: [{ type: "input_text", text: "Really" }] },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
      { role: "user", content: "" },
    ]);
  });

  it("have images with their detail, files, and words for what the API does not take", () => {
    const content = [
      { type: "text", text: "See" },
      { type: "image_url", image_url: { url: "https://a.test/a.png", detail: "low" } },
      { type: "image_url", image_url: "https://a.test/b.png" },
      { type: "file", file: { file_id: "file_1" } },
      { type: "input_audio", input_audio: { data: "", format: "wav" } },
      { type: "video_url", video_url: { url: "https://a.test/c.mp4" } },
      { type: "input_text", text: "Already" },
    ];
    expect(inputOf([user(content)])).toEqual([
      user([
        { type: "input_text", text: "See" },
        { type: "input_image", image_url: "https://a.test/a.png", detail: "low" },
        { type: "input_image", image_url: "https://a.test/b.png", detail: "auto" },
        { type: "input_file", file_id: "file_1" },
        { type: "input_text", text: "[input_audio]" },
        { type: "input_text", text: "[video_url]" },
        { type: "input_text", text: "Already" },
      ]),
    ]);
  });

  it.each<[string, Fields, Fields[]]>([
    ["empty content", { content: "" }, []],
    ["a refusal", { content: null, refusal: "No" }, [{ role: "assistant", content: "No" }]],
    ["sound", { content: null, audio: { id: "a", transcript: "La" } }, [{ role: "assistant", content: "La" }]],
    [
      "thinking parts",
      {
        content: [
          { type: "thinking", thinking: [] },
          { type: "text", text: "Hi" },
        ],
      },
      [{ role: "assistant", content: "[thinking]Hi" }],
    ],
  ])("of an assistant say %s as the API can read it", (_name, said, items) => {
    expect(inputOf([user("Hi"), { role: "assistant", ...said }]).slice(1)).toEqual(items);
  });

  it("have a result for every call and a call for every result, text first and calls adjacent", () => {
    const messages = [
      result("orphan"),
      { ...calling(call("a"), call("b", "g", "oops")), content: "So" },
      user("Wait"),
      result("b", [{ type: "image_url", image_url: { url: "data:," } }]),
      result("b", "twice"),
    ];
    expect(inputOf(messages)).toEqual([
      { role: "assistant", content: "So" },
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
      { type: "function_call", call_id: "b", name: "g", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output: UNKNOWN },
      {
        type: "function_call_output",
        call_id: "b",
        output: [{ type: "input_image", image_url: "data:,", detail: "auto" }],
      },
      user("Wait"),
    ]);
  });

  it("have call ids that are unique, at most 64 characters long and the same every time", () => {
    const long = "x".repeat(80);
    const messages = [
      calling(call("a"), call("a", "g"), call(""), call(long)),
      result("a", "first"),
      result("a", "second"),
      result(long, "long"),
      calling(call("a")),
      result("a", "third"),
    ];
    const input = inputOf(messages);
    expect(inputOf(messages)).toEqual(input);
    const outputs = input.filter(({ type }) => type === "function_call_output").map(({ output }) => output);
    expect(outputs).toEqual(["first", "second", UNKNOWN, "long", "third"]);
    const ids = input.filter(({ type }) => type === "function_call").map(({ call_id }) => String(call_id));
    expect(new Set(ids).size).toBe(5);
    expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(64);
  });

  it("answer custom tools in their own kind, and legacy functions by their place", () => {
    const messages = [
      calling({ id: "c", type: "custom", custom: { name: "sh", input: "ls" } }),
      result("c", "a.txt"),
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "1" },
      { role: "assistant", content: null, function_call: { name: "f", arguments: "" } },
      { role: "function", name: "f", content: null },
    ];
    expect(inputOf(messages)).toEqual([
      { type: "custom_tool_call", call_id: "c", name: "sh", input: "ls" },
      { type: "custom_tool_call_output", call_id: "c", output: "a.txt" },
      { type: "function_call", call_id: "call_2", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "call_2", output: "1" },
      { type: "function_call", call_id: "call_4", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "call_4", output: "" },
    ]);
  });
});

describe("the items that a message keeps", () => {
  const answer = kept({ content: "Hello" }, [encrypted, message("Hello", { phase: "final_answer" })]);

  it("go back unchanged to the service that made them", () => {
    expect(inputOf([answer])).toEqual([encrypted, message("Hello", { phase: "final_answer" })]);
  });

  it.each<[string, Fields, Partial<InputOptions>]>([
    ["at another service", answer, { to: "other" }],
    ["once the service has refused them", answer, { isRefused: () => true }],
    ["once the content was changed", { ...answer, content: "Hullo" }, {}],
  ])("are told in words %s", (_name, said, options) => {
    expect(inputOf([said], options)).toEqual([{ role: "assistant", content: said["content"] }]);
  });

  it("are told in words once calls or a refusal were changed", () => {
    const said = kept({ tool_calls: [call("a")] }, [encrypted, callItem("a")]);
    expect(inputOf([said, result("a")])[0]).toEqual(encrypted);
    const edited = { ...said, tool_calls: [call("a", "f", '{"x":1}')] };
    expect(inputOf([edited, result("a")])[0]).toEqual({
      type: "function_call",
      call_id: "a",
      name: "f",
      arguments: '{"x":1}',
    });
    const refused = kept({ content: "", refusal: "No" }, [
      message("", { content: [{ type: "refusal", refusal: "No" }] }),
    ]);
    expect(inputOf([refused])[0]).toMatchObject({ content: [{ type: "refusal", refusal: "No" }] });
    expect(inputOf([{ ...refused, refusal: "Never" }])).toEqual([{ role: "assistant", content: "Never" }]);
  });

  it("are told in words and calls from another service, and so are their results", () => {
    const said = kept({ content: "So", tool_calls: [call("a")] }, [encrypted, message("So"), callItem("a")]);
    expect(inputOf([said, result("a")], { to: "other" })).toEqual([
      { role: "assistant", content: "So" },
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output: "done" },
    ]);
  });

  it("lose reasoning that cannot be read, hosted calls behind it, and ids, but not the phase", () => {
    const search = { id: "ws_1", type: "web_search_call", status: "completed", action: { type: "search", query: "q" } };
    const items = [reasoning(), search, message("So", { phase: "commentary" }), callItem("a")];
    const said = { content: "So", tool_calls: [call("a")] };
    expect(inputOf([kept(said, items), result("a")])).toEqual([
      { role: "assistant", content: "So", phase: "commentary" },
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output: "done" },
    ]);
    expect(inputOf([kept(said, items, { id: "resp_1" }), result("a")]).slice(0, 4)).toEqual(items);
    expect(inputOf([kept(said, items, { id: "resp_1" }), result("a")], { isLost: () => true })).toHaveLength(3);
    const readable = [reasoning({ content: [{ type: "reasoning_text", text: "Hm" }] }), search, message("So")];
    expect(inputOf([kept({ content: "So" }, readable)])).toEqual(readable);
  });

  it("leave out calls of other clients that nobody answered, with the reasoning before them", () => {
    const shell = { id: "sh_1", type: "shell_call", status: "completed", call_id: "s", action: { commands: ["ls"] } };
    const items = [message("So"), encrypted, shell];
    const said = kept({ content: "So" }, items);
    expect(inputOf([said, user("Go on")])).toEqual([message("So"), user("Go on")]);
    const output = {
      type: "shell_call_output",
      call_id: "s",
      output: [{ stdout: "", stderr: "", outcome: { type: "exit", exit_code: 0 } }],
    };
    const answered = { ...user(""), responses: { items: [output] } };
    expect(inputOf([said, answered])).toEqual([...items, output]);
    expect(inputOf([said, answered], { to: "other" })).toEqual([{ role: "assistant", content: "So" }]);
  });

  it("begin with the last compaction, also inside one answer, and keep calls whose results come later", () => {
    const compaction = { id: "cmp_1", type: "compaction", encrypted_content: "gAAAA" };
    const said = kept({ content: "So", tool_calls: [call("a")] }, [message("So"), callItem("a"), compaction]);
    expect(inputOf([user("Hi"), said, result("a"), user("On")])).toEqual([
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
      compaction,
      { type: "function_call_output", call_id: "a", output: "done" },
      user("On"),
    ]);
  });

  it("keep the results of calls that the service knows by its id, also before a compaction", () => {
    const known = kept({ tool_calls: [call("a")] }, [callItem("a")], { id: "resp_1" });
    const compaction = { id: "cmp_1", type: "compaction", encrypted_content: "gAAAA" };
    const said = kept({ content: "So" }, [compaction, message("So")]);
    expect(inputOf([known, result("a"), user("On"), said], { after: 0 })).toEqual([
      { type: "function_call_output", call_id: "a", output: "done" },
      compaction,
      message("So"),
    ]);
  });

  it("give a result the caller of its call, as long as the program is in the input", () => {
    const program = { id: "prog_1", type: "program", call_id: "p", code: "f()", fingerprint: "x" };
    const caller = { type: "program", caller_id: "p" };
    const said = kept({ tool_calls: [call("a")] }, [program, callItem("a", { status: "in_progress", caller })]);
    expect(inputOf([said, result("a")])[2]).toEqual({
      type: "function_call_output",
      call_id: "a",
      output: "done",
      caller,
    });
    expect(inputOf([said, result("a")], { after: 0 })).toEqual([
      { type: "function_call_output", call_id: "a", output: "done", caller },
    ]);
    expect(inputOf([said, result("a")], { to: "other" })[1]).not.toHaveProperty("caller");
  });

  it("never come with one id twice", () => {
    const said = kept({ content: "Hello" }, [message("Hello")]);
    expect(inputOf([said, user("Again"), said])).toEqual([
      message("Hello"),
      user("Again"),
      { role: "assistant", content: "Hello" },
    ]);
  });

  it("are all that follows an answer that the service knows", () => {
    const said = kept({ tool_calls: [call("a")] }, [callItem("a")], { id: "resp_1" });
    expect(inputOf([user("Hi"), said, result("a"), user("On")], { after: 1 })).toEqual([
      { type: "function_call_output", call_id: "a", output: "done" },
      user("On"),
    ]);
  });

  it("of a user stand in for the content until that is changed", () => {
    const item = { role: "user", content: [{ type: "input_file", file_url: "https://a.test/a.pdf" }] };
    const said = { ...user(""), responses: { items: [item] } };
    expect(inputOf([said])).toEqual([item]);
    expect(inputOf([{ ...said, content: "Forget the file" }])).toEqual([user("Forget the file")]);
  });
});
