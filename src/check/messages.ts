import { optional } from "valibot";
import { InputError } from "../errors.ts";
import { readable } from "../options.ts";
import type { ContentPart, Message } from "../wire/index.ts";
import { fieldOf, listOf } from "../wire/read.ts";
import { check, fits } from "./check.ts";
import type { Shape } from "./check.ts";
import { byKind, fields, list, nothing, oneOf, orNull, plain, shortName, some, textOr, when } from "./shapes.ts";

interface Said {
  content?: unknown;
  tool_calls?: { length?: unknown } | null | undefined;
  function_call?: unknown;
  refusal?: unknown;
  audio?: unknown;
  images?: unknown;
  responses?: unknown;
}

const saysNothing = ({ content, tool_calls, function_call, refusal, audio, images, responses }: Said): boolean =>
  content == null &&
  (tool_calls ?? []).length === 0 &&
  !function_call &&
  !refusal &&
  !audio &&
  !images &&
  listOf(responses, "items").length === 0;

/** The shapes of what comes from outside. Unknown fields pass. */
interface Shapes {
  message: Shape;
  contentParts: Shape;
  messageList: Shape;
  functionList: Shape;
  toolList: Shape;
}

let built: Shapes | undefined;

/** Built at the first use: a program that checks nothing starts without them, and its bundle leaves them out. */
function shapes(): Shapes {
  return (built ??= build());
}

function build(): Shapes {
  const anyText = plain("string");
  const name = optional(anyText);
  const maybe = (shape: Shape): Shape => optional(orNull(shape));
  const textPart = fields({ text: anyText });
  // Providers have parts of their own, such as `thinking` and `video_url`.
  const otherPart = fields({ type: shortName() });
  const contentParts = some(
    byKind(
      "type",
      {
        text: textPart,
        image_url: when(
          ({ image_url }) => typeof image_url === "string",
          fields({}),
          fields({ image_url: fields({ url: anyText }) }),
        ),
        input_audio: fields({ input_audio: fields({ data: anyText, format: anyText }) }),
        file: fields({ file: fields({ file_id: name, file_data: name, filename: name }) }),
      },
      otherPart,
    ),
  );
  const spokenParts = some(byKind("type", { text: textPart, refusal: fields({ refusal: anyText }) }, otherPart));
  const noText = fields({ type: oneOf("text") });
  const instructionParts = some(
    byKind("type", { text: textPart, image_url: noText, input_audio: noText, file: noText }, otherPart),
  );
  const call = fields({ name: anyText, arguments: maybe(anyText) });
  const functionCall = fields({ id: anyText, function: call });
  const toolCall = byKind("type", {
    custom: fields({ id: anyText, custom: fields({ name: anyText, input: anyText }) }),
    function: functionCall,
  });
  // Items are checked where they are sent, which chat completions never do.
  const keeps = { responses: optional(fields({ items: list(fields({})), from: name, id: name, of: name })) };
  const assistant = fields({
    content: maybe(textOr(spokenParts)),
    name: maybe(anyText),
    refusal: maybe(anyText),
    // Some providers leave the type out.
    tool_calls: maybe(list(when(({ type }) => type == null, functionCall, toolCall))),
    function_call: maybe(call),
    audio: maybe(fields({ id: anyText })),
    ...keeps,
  });
  const content = textOr(contentParts);
  const instructions = fields({ content: textOr(instructionParts), name, ...keeps });
  const message = byKind("role", {
    developer: instructions,
    system: instructions,
    user: fields({ content, name, ...keeps }),
    assistant: when(saysNothing, nothing("content, tool_calls, function_call, refusal or audio"), assistant),
    tool: fields({ tool_call_id: anyText, content, ...keeps }),
    function: fields({ name: anyText, content: orNull(anyText), ...keeps }),
  });

  const declaration = fields({ name: anyText, description: maybe(anyText), parameters: maybe(fields({})) });
  const toolList = list(
    byKind(
      "type",
      { function: fields({ function: declaration }), custom: fields({ custom: fields({ name: anyText }) }) },
      // Other providers have other kinds.
      fields({ type: anyText }),
    ),
  );
  return { message, contentParts, messageList: list(message), functionList: list(declaration), toolList };
}

/**
 * Checks messages that came from outside, such as a request's JSON. Items of the Responses API that they keep are left out: whoever sent
 * them could have made up instructions, or the id of another user's response.
 *
 * @param value a list of messages, or an object that holds one in `messages`
 * @param root the name of the list in an error. Default `messages`
 * @returns the messages, typed
 * @throws InputError that names the path, what was expected and what was there
 */
export function parseMessages(value: unknown, root = "messages"): Message[] {
  const messages = checkMessages(value, root);
  const keeps = (message: Message): boolean => fieldOf(message, "responses") !== undefined;
  if (!messages.some(keeps)) return messages;
  return messages.map((message) => {
    if (!keeps(message)) return message;
    const { responses: _, ...said } = message;
    // What was kept may have been all that there was.
    return said.role === "assistant" && saysNothing(said) ? { ...said, content: "" } : said;
  });
}

/**
 * Checks the messages of the program's own document, and keeps the items in them.
 *
 * @param value a list of messages, or an object that holds one in `messages`
 * @param root the name of the list in an error
 * @returns the same messages, typed
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkMessages(value: unknown, root: string): Message[] {
  const list = readable(root, () => {
    const holder = value as { messages?: unknown } | null | undefined;
    const isHolder = typeof holder === "object" && holder !== null && !Array.isArray(value) && "messages" in holder;
    return isHolder ? holder.messages : value;
  });
  return check(shapes().messageList, list, root) as Message[];
}

/**
 * Checks the messages of a request: they are well formed, and there is one at least.
 *
 * @throws InputError
 */
export function checkRequestMessages(value: unknown): void {
  check(shapes().messageList, value, "messages");
  if ((value as unknown[]).length === 0) throw new InputError("messages", "at least one message", "an empty list");
}

/**
 * Checks one message.
 *
 * @param root what it is called in an error. Default `message`
 * @throws InputError
 */
export function checkMessage(value: unknown, root = "message"): Message {
  return check(shapes().message, value, root) as Message;
}

/** Whether a value is a list of content parts, such as texts and images. */
export function isContentParts(value: unknown): value is ContentPart[] {
  return fits(shapes().contentParts, value);
}

/**
 * Checks function and tool declarations.
 *
 * @param root the name of the object that holds them, for an error
 * @throws InputError
 */
export function checkDeclarations({ functions, tools }: { functions?: unknown; tools?: unknown }, root = ""): void {
  const at = root === "" ? "" : `${root}.`;
  if (functions !== undefined) check(shapes().functionList, functions, `${at}functions`);
  if (tools !== undefined) check(shapes().toolList, tools, `${at}tools`);
}
