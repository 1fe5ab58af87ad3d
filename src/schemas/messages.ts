import { array, check as rule, is, literal, looseObject, minLength, nullable, nullish, optional, picklist, pipe, string, union, variant } from "valibot";
import type { GenericSchema } from "valibot";
import { InputError } from "../errors.ts";
import type { ContentPart, Message } from "../types.ts";
import { check } from "./check.ts";

interface Said {
  content?: unknown;
  tool_calls?: unknown[] | null | undefined;
  function_call?: unknown;
  refusal?: unknown;
  audio?: unknown;
}

const saysSomething = ({ content, tool_calls, function_call, refusal, audio }: Said): boolean =>
  content != null || !!tool_calls?.length || !!function_call || !!refusal || !!audio;

/** The shapes of what comes from outside. Unknown fields pass. Typed as unknown so that no public type knows the library behind it. */
interface Shapes {
  message: GenericSchema<unknown, unknown>;
  contentParts: GenericSchema<unknown, unknown>;
  messageList: GenericSchema<unknown, unknown>;
  functionList: GenericSchema<unknown, unknown>;
  toolList: GenericSchema<unknown, unknown>;
}

let built: Shapes | undefined;

/** Built at the first use: a program that checks nothing starts without them, and its bundle leaves them out. */
function shapes(): Shapes {
  return built ??= build();
}

function build(): Shapes {
  const textPart = looseObject({ type: literal("text"), text: string() });
  const textParts = pipe(array(textPart), minLength(1));
  const contentPart = variant("type", [
    textPart,
    looseObject({ type: literal("image_url"), image_url: looseObject({ url: string() }) }),
    looseObject({ type: literal("input_audio"), input_audio: looseObject({ data: string(), format: string() }) }),
    looseObject({ type: literal("file"), file: looseObject({ file_id: optional(string()), file_data: optional(string()), filename: optional(string()) }) }),
  ]);
  const contentParts = pipe(array(contentPart), minLength(1));
  const answerPart = variant("type", [textPart, looseObject({ type: literal("refusal"), refusal: string() })]);
  const name = optional(string());

  const toolCall = variant("type", [
    looseObject({ id: string(), type: literal("custom"), custom: looseObject({ name: string(), input: string() }) }),
    looseObject({ id: string(), type: optional(literal("function")), function: looseObject({ name: string(), arguments: string() }) }),
  ]);

  const assistant = pipe(
    looseObject({
      role: literal("assistant"),
      content: nullish(union([string(), pipe(array(answerPart), minLength(1))])),
      name,
      refusal: nullish(string()),
      tool_calls: nullish(array(toolCall)),
      function_call: nullish(looseObject({ name: string(), arguments: string() })),
      audio: nullish(looseObject({ id: string() })),
    }),
    rule((said) => saysSomething(said), "content, tool_calls, function_call, refusal or audio"),
  );

  const message = variant("role", [
    looseObject({ role: picklist(["developer", "system"]), content: union([string(), textParts]), name }),
    looseObject({ role: literal("user"), content: union([string(), contentParts]), name }),
    assistant,
    looseObject({ role: literal("tool"), tool_call_id: string(), content: union([string(), contentParts]) }),
    looseObject({ role: literal("function"), name: string(), content: nullable(string()) }),
  ]);

  const messageList = array(message);
  const functionList = array(
    looseObject({ name: string(), description: nullish(string()), parameters: nullish(looseObject({})) }),
  );
  const toolList = array(
    variant("type", [
      looseObject({ type: literal("function"), function: looseObject({ name: string(), description: nullish(string()), parameters: nullish(looseObject({})) }) }),
      looseObject({ type: literal("custom"), custom: looseObject({ name: string() }) }),
      // Other providers have other kinds.
      looseObject({ type: pipe(string(), rule((type) => type !== "function" && type !== "custom", "a tool declaration")) }),
    ]),
  );
  return { message, contentParts, messageList, functionList, toolList };
}

/**
 * Checks messages that came from outside, such as a request's JSON.
 *
 * @param value a list of messages, or an object that holds one in `messages`
 * @param root what the list is called in an error. Default `messages`
 * @returns the same messages, typed
 * @throws InputError that names the path, what was expected and what was there
 */
export function parseMessages(value: unknown, root = "messages"): Message[] {
  const holder = value as { messages?: unknown } | null | undefined;
  const list = typeof holder === "object" && holder !== null && !Array.isArray(value) && "messages" in holder ? holder.messages : value;
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
  return is(shapes().contentParts, value);
}

/**
 * Checks function and tool declarations.
 *
 * @throws InputError
 */
export function checkDeclarations({ functions, tools }: { functions?: unknown; tools?: unknown }): void {
  if (functions !== undefined) check(shapes().functionList, functions, "functions");
  if (tools !== undefined) check(shapes().toolList, tools, "tools");
}
