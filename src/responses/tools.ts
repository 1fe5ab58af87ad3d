import type { HandTool, NamespaceTool, RunTool } from "../conversation/tools.ts";
import type { ResponseNamespaceTool, ResponseTool } from "../wire/responses.ts";
import type { FunctionTool } from "../wire/index.ts";

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
