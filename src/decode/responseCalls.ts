import type { ToolCall } from "../wire/index.ts";
import { stringOf } from "../wire/read.ts";
import { outputCalls } from "./output.ts";
import type { HasOutput, OutputCall } from "./output.ts";

/** Returns a call in chat's form, as tools are told of it. Its namespace stays: the same name in another one is another tool. */
export function chatCall(call: OutputCall): ToolCall {
  const { call_id: id, name } = call;
  const namespace = stringOf(call, "namespace");
  const within = namespace === undefined ? undefined : { namespace };
  return call.type === "function_call"
    ? { id, type: "function", function: { name, arguments: call.arguments }, ...within }
    : { id, type: "custom", custom: { name, input: call.input }, ...within };
}

/** Returns the whole calls of a response in chat's form. */
export function chatCalls(response: HasOutput): ToolCall[] {
  return outputCalls(response).map(chatCall);
}
