import type { FunctionTool, ToolCall } from "../types.ts";
import type { ResponseNamespaceTool, ResponseTool } from "../types/responses.ts";
import { stringOf } from "../wire/read.ts";
import type { HandTool, NamespaceTool, RunTool } from "../chat/tools.ts";
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

/**
 * Declares a tool of `tool()`, or one in chat's nested form, as the Responses API wants it: flat. The tools of a namespace are made flat in
 * it. Any other tool is given back as it is.
 */
export function responseTool(declared: RunTool | HandTool | NamespaceTool | ResponseTool): ResponseTool {
  const { type, function: fn, custom } = declared as Partial<FunctionTool> & { custom?: object };
  // Chat's default is not strict, the Responses API's is: said, it means the same in both.
  if (fn) return { ...fn, type: "function", parameters: fn.parameters ?? null, strict: fn.strict ?? false };
  if (custom) return { ...custom, type } as unknown as ResponseTool;
  return declared.type === "namespace" && Array.isArray(declared.tools)
    ? ({ ...declared, tools: declared.tools.map(responseTool) } as ResponseNamespaceTool)
    : (declared as ResponseTool);
}
