/**
 * An independent check of requests to the Responses API: the rules of OpenAI's description, and those that the API
 * enforces without describing them. It shares no code with the sources, and needs no test runner and no platform.
 */

type Fields = Readonly<Record<string, unknown>>;
type Test = (value: unknown) => boolean;

const isObject: Test = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const text: Test = (value) => typeof value === "string";
const number: Test = (value) => typeof value === "number";
const flag: Test = (value) => typeof value === "boolean";
const filled: Test = (value) => typeof value === "string" && value !== "";
const any: Test = (value) => value !== undefined;
const callId: Test = (value) => typeof value === "string" && value.length >= 1 && value.length <= 64;
const one =
  (...values: readonly unknown[]): Test =>
  (value) =>
    values.includes(value);
const list =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const or =
  (...tests: readonly Test[]): Test =>
  (value) =>
    tests.some((test) => test(value));
const nullable = (test: Test): Test => or(test, (value) => value === null);
const maybe = (test: Test): Test => or(nullable(test), (value) => value === undefined);
const absentOr = (test: Test): Test => or(test, (value) => value === undefined);
const object =
  (fields: Readonly<Record<string, Test>>): Test =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, test]) => test((value as Fields)[name]));
const typed =
  (kinds: Readonly<Record<string, Test>>): Test =>
  (value) => {
    const type = isObject(value) ? (value as Fields)["type"] : undefined;
    return typeof type === "string" && (Object.hasOwn(kinds, type) ? (kinds[type] as Test)(value) : type !== "");
  };

const status = one("in_progress", "completed", "incomplete");
const caller = maybe(or(object({ type: one("direct") }), object({ type: one("program"), caller_id: callId })));
const anything = typed({});
const inputPart = typed({
  input_text: object({ text }),
  input_image: object({ image_url: maybe(text), file_id: maybe(text) }),
  input_file: object({ file_id: maybe(text), filename: maybe(text), file_data: maybe(text), file_url: maybe(text) }),
});
const annotation = typed({
  file_citation: object({ file_id: text, index: number, filename: text }),
  url_citation: object({ url: text, title: text, start_index: number, end_index: number }),
  container_file_citation: object({
    container_id: text,
    file_id: text,
    start_index: number,
    end_index: number,
    filename: text,
  }),
  file_path: object({ file_id: text, index: number }),
});
const logprob = object({
  token: text,
  logprob: number,
  bytes: list(number),
  top_logprobs: list(object({ token: text, logprob: number, bytes: list(number) })),
});
const outputPart = typed({
  output_text: object({ text, annotations: list(annotation), logprobs: list(logprob) }),
  refusal: object({ refusal: text }),
});
const result = object({ call_id: callId, output: or(text, list(inputPart)), caller, status: maybe(status) });
const tools = list(anything);

const itemId =
  (prefix: string): Test =>
  (value) =>
    typeof value === "string" && value.length <= 64 && value.startsWith(prefix);

const ITEMS: Readonly<Record<string, Test>> = {
  reasoning: object({
    id: absentOr(itemId("rs_")),
    summary: list(object({ type: one("summary_text"), text })),
    content: maybe(list(object({ type: one("reasoning_text"), text }))),
    encrypted_content: maybe(text),
    status: absentOr(status),
  }),
  function_call: object({
    id: absentOr(itemId("fc_")),
    call_id: callId,
    name: filled,
    arguments: text,
    namespace: absentOr(filled),
    caller,
    status: absentOr(status),
  }),
  custom_tool_call: object({
    id: absentOr(itemId("ctc_")),
    call_id: callId,
    name: filled,
    input: text,
    namespace: absentOr(filled),
    caller,
  }),
  function_call_output: result,
  custom_tool_call_output: result,
  image_generation_call: (value) =>
    object({ id: filled, status: one("in_progress", "completed", "generating", "failed"), result: nullable(text) })(
      value,
    ) && Object.keys(value as Fields).every((name) => ["id", "type", "status", "result"].includes(name)),
  web_search_call: object({
    id: filled,
    status: one("in_progress", "searching", "completed", "failed"),
    action: typed({
      search: object({
        query: maybe(text),
        queries: maybe(list(text)),
        sources: maybe(list(typed({ url: object({ url: text }) }))),
      }),
      open_page: object({ url: maybe(text) }),
      find_in_page: object({ url: text, pattern: text }),
    }),
  }),
  file_search_call: object({
    id: filled,
    status: one("in_progress", "searching", "completed", "incomplete", "failed"),
    queries: list(text),
    results: maybe(
      list(object({ file_id: maybe(text), text: maybe(text), filename: maybe(text), score: maybe(number) })),
    ),
  }),
  code_interpreter_call: object({
    id: filled,
    status: one("in_progress", "completed", "incomplete", "interpreting", "failed"),
    container_id: text,
    code: nullable(text),
    outputs: nullable(list(typed({ logs: object({ logs: text }), image: object({ url: text }) }))),
  }),
  computer_call: object({
    id: filled,
    call_id: callId,
    status,
    action: maybe(anything),
    pending_safety_checks: list(object({ id: text, code: maybe(text), message: maybe(text) })),
  }),
  shell_call: object({ call_id: callId, action: object({ commands: list(text) }), status: maybe(status), caller }),
  shell_call_output: object({
    call_id: callId,
    output: list(object({ stdout: text, stderr: text, outcome: anything })),
    caller,
  }),
  apply_patch_call: object({ call_id: callId, status: one("in_progress", "completed"), operation: anything, caller }),
  mcp_list_tools: object({
    id: filled,
    server_label: text,
    tools: list(object({ name: text, input_schema: isObject, description: maybe(text) })),
    error: maybe(text),
  }),
  mcp_call: object({
    id: filled,
    server_label: text,
    name: text,
    arguments: text,
    output: maybe(text),
    error: maybe(or(text, isObject)),
    status: absentOr(one("in_progress", "completed", "incomplete", "calling", "failed")),
    approval_request_id: maybe(text),
  }),
  mcp_approval_request: object({ id: filled, server_label: text, name: text, arguments: text }),
  mcp_approval_response: object({ approval_request_id: text, approve: flag, reason: maybe(text) }),
  compaction: object({ encrypted_content: text, id: maybe(text) }),
  program: object({ id: filled, call_id: callId, code: text, fingerprint: text }),
  program_output: object({ id: filled, call_id: callId, result: text, status: one("completed", "incomplete") }),
  tool_search_call: object({ call_id: maybe(callId), arguments: any, status: maybe(status) }),
  tool_search_output: object({ call_id: maybe(callId), tools, status: maybe(status) }),
  additional_tools: object({ role: one("developer"), tools }),
  item_reference: object({ id: filled }),
};

const ASSISTANT = object({
  id: itemId("msg_"),
  content: list(outputPart),
  status,
  phase: maybe(one("commentary", "final_answer")),
});

function isMessage(item: Fields): boolean {
  const { role, content, id, phase } = item;
  if (role === "assistant" && Array.isArray(content)) return ASSISTANT(item);
  if (role === "assistant")
    return typeof content === "string" && id === undefined && maybe(one("commentary", "final_answer"))(phase);
  return one("user", "system", "developer")(role) && or(text, list(inputPart))(content);
}

/** Calls that the provider runs. Beside reasoning they are invalid without it. */
const HOSTED =
  /^(web_search|file_search|code_interpreter|image_generation|mcp|computer|local_shell|tool_search)_call$|^mcp_(list_tools|approval_request)$|^program(_output)?$/;

/** Returns the faults of each item by itself, one line each. */
export function itemFaults(items: readonly unknown[]): string[] {
  return items.flatMap((item, at) => {
    if (!isObject(item)) return [`input[${at}] is no object`];
    const fields = item as Fields;
    const type = fields["type"] ?? "message";
    if (typeof type !== "string" || type === "") return [`input[${at}] has no type`];
    const isFine = type === "message" ? isMessage(fields) : (ITEMS[type] ?? any)(item);
    return isFine ? [] : [`input[${at}] is no ${type}: ${JSON.stringify(item).slice(0, 400)}`];
  });
}

/** The state of a conversation that the API knows besides the input. */
export interface Remembered {
  /** The ids of pending calls. */
  readonly open: readonly string[];
}

/**
 * Returns the API's objections to a request's input, one line each.
 *
 * @param remembered the state, if the request continues from a response
 */
export function inputFaults(input: unknown, remembered?: Remembered): string[] {
  if (typeof input === "string" || input === undefined)
    return remembered?.open.map((id) => `no result for ${id}`) ?? [];
  if (!Array.isArray(input)) return ["the input is no list"];
  const faults = itemFaults(input);
  if (faults.length > 0) return faults;
  const items = input as Fields[];
  return [
    ...idFaults(items),
    ...pairFaults(items, remembered),
    ...orderFaults(items),
    ...programFaults(items, remembered),
  ];
}

function idFaults(items: readonly Fields[]): string[] {
  const ids = items.filter(({ type }) => type !== "item_reference").flatMap(({ id }) => id ?? []);
  const calls = items.filter(({ type }) => type === "function_call" || type === "custom_tool_call");
  const twice = (list: readonly unknown[]): string[] =>
    list.filter((id, at) => list.indexOf(id) < at).map((id) => `duplicate id ${String(id)}`);
  return [...twice(ids), ...twice(calls.map(({ call_id }) => call_id))];
}

function pairFaults(items: readonly Fields[], remembered: Remembered | undefined): string[] {
  const faults: string[] = [];
  for (const kind of ["function", "custom_tool", "computer", "shell", "apply_patch"]) {
    const calls = items.flatMap(({ type, call_id }, at) => (type === `${kind}_call` ? [[call_id, at] as const] : []));
    const results = items.flatMap(({ type, call_id }, at) =>
      type === `${kind}_call_output` ? [[call_id, at] as const] : [],
    );
    const open = remembered?.open ?? [];
    for (const [id, at] of calls)
      if (!results.some(([other, behind]) => other === id && behind > at)) faults.push(`no result for ${String(id)}`);
    for (const [id, at] of results)
      if (!open.includes(String(id)) && !calls.some(([other, before]) => other === id && before < at))
        faults.push(`no call for ${String(id)}`);
  }
  const given = new Set(items.map(({ call_id }) => call_id));
  return [...faults, ...(remembered?.open ?? []).filter((id) => !given.has(id)).map((id) => `no result for ${id}`)];
}

function isInput({ type, role }: Fields): boolean {
  return (
    ((type ?? "message") === "message" && role !== "assistant") ||
    /^((function|custom_tool|computer|local_shell|shell|apply_patch)_call_output|mcp_approval_response)$/.test(
      String(type),
    )
  );
}

function orderFaults(items: readonly Fields[]): string[] {
  const compacted = items.findLastIndex(({ type }) => type === "compaction");
  return [
    ...items.flatMap((item, at) => {
      const next = items[at + 1];
      return item["type"] === "reasoning" && (!next || isInput(next)) ? ["reasoning that nothing follows"] : [];
    }),
    ...(compacted > 0 && items.slice(0, compacted).some(({ type, role }) => type === "reasoning" || role === "user")
      ? ["items before a compaction"]
      : []),
  ];
}

function programFaults(items: readonly Fields[], remembered: Remembered | undefined): string[] {
  if (remembered) return [];
  const programs = items.filter(({ type }) => type === "program").map(({ call_id }) => call_id);
  const callers = items.map(({ caller }) => caller as { type?: unknown; caller_id?: unknown } | null | undefined);
  return callers.flatMap((one) =>
    one?.type === "program" && !programs.includes(one.caller_id) ? [`no program ${String(one.caller_id)}`] : [],
  );
}

/**
 * Returns the hosted calls of an answer that cannot be sent back, because their reasoning was neither encrypted nor
 * text.
 *
 * @param output the answer's output
 */
export function unreadableIds(output: readonly unknown[]): string[] {
  let unread = false;
  return (output.filter(isObject) as Fields[]).flatMap(({ type, id, encrypted_content, content }) => {
    if (type === "reasoning") unread = !filled(encrypted_content) && !(Array.isArray(content) && content.length > 0);
    return unread && typeof id === "string" && (type === "reasoning" || (typeof type === "string" && HOSTED.test(type)))
      ? [id]
      : [];
  });
}
