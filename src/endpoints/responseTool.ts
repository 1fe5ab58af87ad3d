import type { ResponseNamespaceTool, ResponseTool } from "../wire/responses.ts";
import { fieldOf, fieldsOf, objectOf, objectsIn } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/**
 * Returns a tool of `tool()`, or one in chat's nested form, as the Responses API declares it: flat. So are the tools of a namespace. Any
 * other tool is returned as it is.
 */
export function responseTool(declared: object): ResponseTool {
  const { type, function: fn, custom, ...rest } = declared as Fields;
  // Send `strict` explicitly: its default is false for chat completions and true for Responses.
  if (fieldsOf(fn))
    return {
      ...fieldsOf(fn),
      type: "function",
      parameters: fieldOf(fn, "parameters") ?? null,
      strict: fieldOf(fn, "strict") ?? false,
    } as ResponseTool;
  if (fieldsOf(custom)) {
    const format = objectOf(custom, "format");
    const { grammar, ...kind } = format ?? {};
    return {
      ...rest,
      ...fieldsOf(custom),
      type,
      ...(format && { format: { ...kind, ...fieldsOf(grammar) } }),
    } as unknown as ResponseTool;
  }
  if (type === "namespace")
    return {
      ...declared,
      tools: objectsIn(fieldOf(declared, "tools")).map(responseTool),
    } as unknown as ResponseNamespaceTool;
  return declared as ResponseTool;
}
