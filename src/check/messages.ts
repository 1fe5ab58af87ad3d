import { optional } from "valibot";
import { wholeTexts } from "../decode/answer.ts";
import { isDeep } from "../decode/depth.ts";
import { InputError, isInputError, RequestError } from "../errors.ts";
import { readable, wrong } from "../options.ts";
import type { ContentPart, Message } from "../wire/index.ts";
import type { Fields } from "../wire/read.ts";
import { fieldOf, fieldsOf, listOf } from "../wire/read.ts";
import { check, fits } from "./check.ts";
import type { Shape } from "./check.ts";
import { byKind, fields, list, nothing, oneOf, orNull, plain, shortName, some, textOr, when } from "./shapes.ts";

/** Returns `true` for an assistant's message without any content, which the API refuses. */
function saysNothing({ content, tool_calls, function_call, refusal, audio, images, responses }: Fields): boolean {
  const hasCalls = tool_calls != null && !(Array.isArray(tool_calls) && tool_calls.length === 0);
  const hasItems = listOf(responses, "items").length > 0;
  return content == null && !hasCalls && !function_call && !refusal && !audio && !images && !hasItems;
}

const MESSAGES = 'a list of messages, such as [{ role: "user", content: "…" }]';

/** Shapes of values from outside. Unknown fields are accepted. */
interface Shapes {
  readonly message: Shape;
  readonly messageList: Shape;
  readonly contentParts: Shape;
  readonly functionList: Shape;
  readonly toolList: Shape;
}

let built: Shapes | undefined;

/** Builds the shapes at the first use, so that a program that checks nothing starts faster. */
function shapes(): Shapes {
  if (built) return built;
  const contentParts = contentShape();
  const message = messageShape(contentParts);
  return (built = { message, messageList: list(message), contentParts, ...declarationShapes() });
}

function maybe(shape: Shape): Shape {
  return optional(orNull(shape));
}

/** Returns the shape of a part that only some providers have, such as `thinking` and `video_url`. */
function otherPart(): Shape {
  return fields({ type: shortName() });
}

function contentShape(): Shape {
  const text = plain("string");
  const name = optional(text);
  const image = fields(
    { image_url: fields({ url: text }, "a string: https:, or data: with base64") },
    "an object { url }",
  );
  const known = {
    text: fields({ text }),
    // Some providers accept the bare URL.
    image_url: when(({ image_url }) => typeof image_url === "string", fields({}), image),
    input_audio: fields({ input_audio: fields({ data: text, format: text }) }),
    file: fields({ file: fields({ file_id: name, file_data: name, filename: name }) }),
  };
  return some(byKind("type", known, otherPart()));
}

/** Returns the shapes of what a message keeps for the Responses API. Items are checked where they are sent. */
function keptShapes(): { responses: Shape } {
  const name = optional(plain("string"));
  return { responses: optional(fields({ items: list(fields({})), from: name, id: name, of: name })) };
}

function messageShape(contentParts: Shape): Shape {
  const text = plain("string");
  const name = optional(text);
  const keeps = keptShapes();
  const textPart = fields({ text });
  const onlyText = fields({ type: oneOf("text") });
  const instructionParts = { text: textPart, image_url: onlyText, input_audio: onlyText, file: onlyText };
  const said = "a string or a list of parts";
  const onlyTexts = textOr(some(byKind("type", instructionParts, otherPart())));
  const instructions = fields({ content: onlyTexts, name, ...keeps }, said);
  const content = textOr(contentParts);
  const roles = {
    developer: instructions,
    system: instructions,
    user: fields({ content, name, ...keeps }, said),
    assistant: when(saysNothing, nothing("content, tool_calls, function_call, refusal or audio"), assistantShape()),
    tool: fields({ tool_call_id: text, content, ...keeps }),
    function: fields({ name: text, content: orNull(text), ...keeps }),
  };
  return byKind("role", roles, undefined, 'a message, such as { role: "user", content: "…" }');
}

function assistantShape(): Shape {
  const text = plain("string");
  const parts = { text: fields({ text }), refusal: fields({ refusal: text }) };
  const called = fields({ name: text, arguments: maybe(text) });
  const functionCall = fields({ id: text, function: called });
  const customCall = fields({ id: text, custom: fields({ name: text, input: text }) });
  const call = byKind("type", { custom: customCall, function: functionCall });
  return fields({
    content: maybe(textOr(some(byKind("type", parts, otherPart())))),
    name: maybe(text),
    refusal: maybe(text),
    // Some providers leave the type out.
    tool_calls: maybe(list(when(({ type }) => type == null, functionCall, call))),
    function_call: maybe(called),
    audio: maybe(fields({ id: text })),
    ...keptShapes(),
  });
}

function declarationShapes(): { functionList: Shape; toolList: Shape } {
  const text = plain("string");
  const declaration = fields({ name: text, description: maybe(text), parameters: maybe(fields({})) });
  const known = {
    function: fields({ function: declaration }, "an object { name, description, parameters }"),
    custom: fields({ custom: fields({ name: text }) }),
  };
  // Other providers have other kinds of tools.
  const tool = byKind(
    "type",
    known,
    fields({ type: text }, '"function" or another type', "a tool, as tool() makes it"),
  );
  return { functionList: list(declaration), toolList: list(tool) };
}

/**
 * Checks messages from outside, such as a body that a framework has parsed, or a stored chat. `readMessages()` reads and checks a request.
 *
 * Half a surrogate pair, such as of an emoji that was cut, becomes U+FFFD, because servers refuse it.
 *
 * Items of the Responses API that the messages keep are left out: whoever sent them could have made up instructions, or the id of another
 * user's response.
 *
 * @param value a list of messages, or an object that holds one in `messages`
 * @param root the list's name in an error. Default: `messages`
 * @returns the messages, typed
 * @throws RequestError (an InputError with `status` 400) that names the path, the expected value and the actual one
 * @example
 * ```ts
 * const messages = parseMessages(JSON.parse(text));
 * const completion = await client.chat(messages);
 * ```
 */
export function parseMessages(value: unknown, root = "messages"): Message[] {
  const messages = checkForeign(value, root);
  const keeps = (message: Message): boolean => fieldOf(message, "responses") !== undefined;
  if (!messages.some(keeps)) return messages;
  return messages.map((message) => {
    if (!keeps(message)) return message;
    const { responses: _, ...said } = message;
    // What was kept may have been all that there was.
    return said.role === "assistant" && saysNothing({ ...said }) ? { ...said, content: "" } : said;
  });
}

function checkForeign(value: unknown, root: string): Message[] {
  try {
    // JSON that is nested deeper cannot be written again everywhere.
    if (readable(root, () => isDeep(value)))
      throw new InputError(root, "at most 100 levels", "a value that is nested deeper");
    return checkMessages(
      readable(root, () => wholeTexts(value)),
      root,
    );
  } catch (error) {
    if (!isInputError(error)) throw error;
    throw new RequestError(400, error.path, error.expected, error.received);
  }
}

/**
 * Checks messages of the program's own document, and keeps the items in them.
 *
 * @param value a list of messages, or an object that holds one in `messages`
 * @param root the list's name in an error
 * @returns the same messages, typed
 * @throws InputError that names the path, the expected value and the actual one
 */
export function checkMessages(value: unknown, root: string): Message[] {
  const messages = readable(root, () => {
    const isHolder = typeof value === "object" && value !== null && !Array.isArray(value) && "messages" in value;
    const list: unknown = isHolder ? value.messages : value;
    if (!Array.isArray(list)) throw wrong(root, MESSAGES, list);
    return list as unknown[];
  });
  return check(shapes().messageList, messages, root) as Message[];
}

/**
 * Throws unless a request's messages have the API's form, and there is at least one.
 *
 * @throws InputError
 */
export function checkRequestMessages(value: unknown): void {
  readable("messages", () => {
    if (!Array.isArray(value)) throw wrong("messages", MESSAGES, value);
  });
  const messages = check(shapes().messageList, value, "messages");
  if (Array.isArray(messages) && messages.length === 0)
    throw new InputError("messages", "at least one message", "an empty list");
}

/**
 * Checks one message.
 *
 * @param root the message's name in an error. Default: `message`
 * @returns the same message, typed
 * @throws InputError
 */
export function checkMessage(value: unknown, root = "message"): Message {
  readable(root, () => {
    if (Array.isArray(value)) throw new InputError(root, "one message (spread a list: ...messages)", "a list");
  });
  return check(shapes().message, value, root) as Message;
}

/** Returns `true` for a list of content parts, such as texts and images. */
export function isContentParts(value: unknown): value is ContentPart[] {
  return fits(shapes().contentParts, value);
}

/**
 * Checks function and tool declarations.
 *
 * @param root the name of the object that holds them, for an error
 * @throws InputError
 */
export function checkDeclarations(
  { functions, tools, response_format }: { functions?: unknown; tools?: unknown; response_format?: unknown },
  root = "",
): void {
  const at = root === "" ? "" : `${root}.`;
  if (functions !== undefined) check(shapes().functionList, functions, `${at}functions`);
  if (typeof response_format === "object" && response_format !== null && "~standard" in response_format)
    throw new InputError(`${at}response_format`, "outputFormat(name, schema)", "a schema");
  if (tools === undefined) return;
  readable(`${at}tools`, () => checkTools(tools, `${at}tools`));
  check(shapes().toolList, tools, `${at}tools`);
}

/** Throws for tools in the forms of other libraries: named in an object, or with a function that no request can hold. */
function checkTools(tools: unknown, at: string): void {
  if (!Array.isArray(tools)) throw wrong(at, "a list of tools, such as [weather]", tools);
  for (const [index, tool] of (tools as unknown[]).entries()) {
    const declared = [tool, fieldOf(tool, "function")];
    const runs = declared.some((one) => Object.entries(fieldsOf(one) ?? {}).some(([, value]) => isFunction(value)));
    if (runs)
      throw new InputError(`${at}[${index}]`, "tool({ name, parameters, execute })", "an object with a function");
    if (typeof tool === "object" && tool !== null && "~standard" in tool)
      throw new InputError(`${at}[${index}]`, "tool({ name, parameters: schema, execute })", "a schema");
  }
}

const isFunction = (value: unknown): boolean => typeof value === "function";
