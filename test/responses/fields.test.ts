/** What a program sets on a Responses session between turns, and what it puts into one that was saved. */
import { describe, expect, it } from "vitest";
import type { SavedResponsesChat } from "../../src/responses/index.ts";
import { responseBody, said, scripted } from "./support.ts";

/** Values that are right nowhere, or nearly. */
const nothing: readonly unknown[] = [null, 5, "x", true, {}, () => 1, Number.NaN, Symbol("s"), 10n];
const lists: readonly unknown[] = [[null], [5], ["x"], [[]]];

const FIELDS: [field: string, error: RegExp, values: readonly unknown[]][] = [
  ["items", /^items/, [undefined, ...nothing, ...lists, [{}], [{ type: 5 }], [{ role: "user" }]]],
  ["responseHistory", /^responseHistory: expected a list/, [undefined, ...nothing]],
  ["currentResponseId", /^currentResponseId: expected a string/, [5, true, {}, () => 1, Number.NaN, ...lists]],
  ["tools", /^tools/, [...nothing, ...lists, [{}], [{ type: "namespace", name: "crm", tools: [null] }]]],
  ["params", /^params/, [...nothing.filter((value) => !isEmpty(value)), ...lists]],
  ["state", /^state: expected "server" or "local"/, [undefined, ...nothing, ...lists]],
  ["spent", /^spent/, [undefined, ...nothing, ...lists, { steps: -1, time: 0 }, { steps: Number.NaN, time: 0 }]],
];

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

const cases = FIELDS.flatMap(([field, error, values]) => values.map((value) => [field, value, error] as const));

describe("a field of a session that is set to a wrong value", () => {
  it.each(cases)("is an InputError before anything is sent or said: %s = %s", async (field, value, error) => {
    const { client, sent } = scripted([responseBody([said("Fine")]), responseBody([said("Fine")])]);
    const chat = client.newResponsesChatSession();
    await chat.send("One");
    const holder = chat as unknown as Record<string, unknown>;
    const before = holder[field];
    const items = [...chat.items];
    holder[field] = value;
    for (const ask of [() => chat.send("Two"), () => chat.generateResponse(), () => chat.stream("Two")])
      await expect(ask()).rejects.toMatchObject({
        name: "InputError",
        message: expect.stringMatching(error) as string,
      });
    expect(sent).toHaveLength(1);
    holder[field] = before;
    expect(chat.items).toEqual(items);
    expect(await chat.send("Two")).toBe("Fine");
  });

  it.each(["items", "responseHistory", "state", "currentResponseId"])("cannot be saved: %s", async (field) => {
    const { client } = scripted([]);
    const chat = client.newResponsesChatSession();
    (chat as unknown as Record<string, unknown>)[field] = 5;
    expect(() => JSON.stringify(chat)).toThrow(expect.objectContaining({ name: "InputError" }) as Error);
    if (field === "items") expect(() => chat.pending).toThrow(/^items: expected a list, received 5/);
  });

  it("currentResponseId = null sends all items again, as undefined does", async () => {
    const { client, sent } = scripted([responseBody([said("Fine")]), responseBody([said("Fine")])]);
    const chat = client.newResponsesChatSession();
    await chat.send("One");
    chat.currentResponseId = null as unknown as undefined;
    await chat.send("Two");
    expect(sent[1]?.body).toMatchObject({ input: [{ content: "One" }, { role: "assistant" }, { content: "Two" }] });
    expect(sent[1]?.body).not.toHaveProperty("previous_response_id");
  });

  it("a chat session's params and what it has spent are checked as well", async () => {
    const { client, sent } = scripted([]);
    const chat = client.newChatSession();
    for (const [field, value] of [
      ["params", "x"],
      ["params", null],
      ["params", { tools: [] }],
      ["spent", {}],
      ["spent", { steps: 0, time: 0, usage: { total_tokens: -5 } }],
    ] as const) {
      const holder = chat as unknown as Record<string, unknown>;
      const before = holder[field];
      holder[field] = value;
      await expect(chat.send("Hi")).rejects.toMatchObject({
        name: "InputError",
        message: expect.stringMatching(`^${field}`) as string,
      });
      holder[field] = before;
    }
    expect(sent).toEqual([]);
    expect(chat.messages).toEqual([]);
  });
});

describe("a param that the session reads itself", () => {
  const WRONG = [5, "x", true, {}, [5], [null]];
  const places = ["options", "turn", "params"] as const;
  const cases = places.flatMap((place) => WRONG.map((value) => [place, value] as const));

  it.each(cases)("of a wrong type among %s is an InputError: %o", async (place, value) => {
    const { client, sent } = scripted([]);
    const own = { include: value } as object;
    const ask = async (): Promise<unknown> => {
      const chat = client.newResponsesChatSession({
        state: "local",
        model: "gpt-6-luna",
        ...(place === "options" && own),
      });
      if (place === "params") chat.params = own;
      return chat.send("Hi", place === "turn" ? own : {});
    };
    await expect(ask()).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringMatching(/include/) as string,
    });
    expect(sent).toEqual([]);
  });

  it.each([5, true, {}, ["x"]])("previous_response_id: %o", async (value) => {
    const { client, sent } = scripted([]);
    const own = { previous_response_id: value } as object;
    expect(() => client.newResponsesChatSession(own)).toThrow(/^previous_response_id: expected a string/);
    await expect(client.newResponsesChatSession().send("Hi", own)).rejects.toThrow(/^params\.previous_response_id/);
    expect(sent).toEqual([]);
  });
});

describe("a saved session that was changed by hand", () => {
  const CHANGES: [path: string, values: readonly unknown[]][] = [
    ["currentResponseId", [5, true, {}, ["x"]]],
    ["response", [5, true, "x", ["x"]]],
    ["known.at", [-1, 0.5, 3, 1e9, "2", null]],
    ["known.answered", [-1, 0.5, 3, 1e9, "2", null]],
    ["spent", [null, 5, "x", [], {}]],
    ["spent.usage", [[5], 5, "x", { total_tokens: -1 }]],
  ];
  const cases = CHANGES.flatMap(([path, values]) => values.map((value) => [path, value] as const));

  it.each(cases)("is refused where it is wrong: %s = %o", async (path, value) => {
    const { client } = scripted([responseBody([said("Fine")])]);
    const chat = client.newResponsesChatSession();
    await chat.send("One");
    const saved = JSON.parse(JSON.stringify(chat)) as Record<string, Record<string, unknown>>;
    const [name = "", field] = path.split(".");
    if (field === undefined) saved[name] = value as Record<string, unknown>;
    else Object.assign(saved[name] ?? {}, { [field]: value });
    expect(() => client.newResponsesChatSession({ saved: saved as unknown as SavedResponsesChat })).toThrow(
      expect.objectContaining({
        name: "InputError",
        message: expect.stringMatching(`^saved.${path}`) as string,
      }) as Error,
    );
  });
});

it("usage in absurd numbers and names leaves a session that goes on and can be saved", async () => {
  const usage = { input_tokens: 1e308, output_tokens: 3, total_tokens: 1e308, toString: 5, __proto__: 5 };
  const { client } = scripted(Array.from({ length: 4 }, () => responseBody([said("Fine")], { usage })));
  const chat = client.newResponsesChatSession();
  for (const words of ["One", "Two", "Three"]) await chat.send(words);
  const saved = JSON.parse(JSON.stringify(chat)) as SavedResponsesChat;
  expect(await client.newResponsesChatSession({ saved }).send("Four")).toBe("Fine");
});
