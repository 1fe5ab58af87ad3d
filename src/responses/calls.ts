import type { FunctionTool, ToolCall } from "../types.ts";
import type { ResponseTool } from "../types/responses.ts";
import type { HandTool, RunTool } from "../chat/tools.ts";
import { outputCalls } from "./output.ts";
import type { HasOutput, OutputCall } from "./output.ts";

/** A call in the words of chat completions, as tools are told of it. */
export function chatCall(call: OutputCall): ToolCall {
  return call.type === "function_call"
    ? { id: call.call_id, type: "function", function: { name: call.name, arguments: call.arguments } }
    : { id: call.call_id, type: "custom", custom: { name: call.name, input: call.input } };
}

/** The whole calls of a response in the words of chat completions. */
export function chatCalls(response: HasOutput): ToolCall[] {
  return outputCalls(response).map(chatCall);
}

/**
 * Declares a tool of `tool()`, or one in chat's nested form, as the Responses API wants it: flat. Any other is given back as it is.
 */
export function responseTool(declared: RunTool | HandTool | ResponseTool): ResponseTool {
  const { type, function: fn, custom } = declared as Partial<FunctionTool> & { custom?: object };
  // Chat's default is not strict, the Responses API's is: said, it means the same in both.
  if (fn) return { ...fn, type: "function", parameters: fn.parameters ?? null, strict: fn.strict ?? false };
  return custom ? ({ ...custom, type } as unknown as ResponseTool) : (declared as ResponseTool);
}
