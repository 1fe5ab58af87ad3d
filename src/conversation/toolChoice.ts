/**
 * Params for a request that goes on with a turn, once tools have been called: a choice that forces a call is over then, or every answer would
 * be another call. Among the tools of `allowed_tools` the model still chooses.
 */
export function unforced<Params extends object>(params: Params): Params {
  const { tool_choice: choice } = params as { tool_choice?: unknown };
  if (choice == null || choice === "none" || choice === "auto") return params;
  return { ...params, tool_choice: isAllowed(choice) ? relaxed(choice) : "auto" };
}

/** Chat has `mode` in an object of its own, the Responses API beside the type. */
interface AllowedTools {
  readonly type: "allowed_tools";
  readonly mode?: string;
  readonly allowed_tools?: object;
}

function isAllowed(choice: unknown): choice is AllowedTools {
  return (choice as Partial<AllowedTools>).type === "allowed_tools";
}

function relaxed(choice: AllowedTools): object {
  const { allowed_tools: within } = choice;
  return within ? { ...choice, allowed_tools: { ...within, mode: "auto" } } : { ...choice, mode: "auto" };
}
