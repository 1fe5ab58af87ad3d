import type { ChatParams } from "../wire/index.ts";
import { objectOf, stringOf } from "../wire/read.ts";

/**
 * Returns the params of a later request of a turn. A choice that forces a call applies to the first request alone, or every answer would be
 * another call. Among `allowed_tools` the model still chooses.
 */
export function unforced(params: ChatParams): ChatParams {
  const { tool_choice: choice } = params;
  if (choice == null || choice === "none" || choice === "auto") return params;
  if (choice === "required" || stringOf(choice, "type") !== "allowed_tools") return { ...params, tool_choice: "auto" };
  const within = objectOf(choice, "allowed_tools");
  // Chat completions have `mode` in an object of its own, the Responses API beside the type.
  const mode = within ? { allowed_tools: { ...within, mode: "auto" } } : { mode: "auto" };
  return { ...params, tool_choice: { ...choice, ...mode } };
}
