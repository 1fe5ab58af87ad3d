import type { AnswerStream, Api, ApiRequest, AskableApi, Step } from "../conversation/apis/api.ts";
import { createResponse, streamResponse } from "../endpoints/responses.ts";
import { checkParams } from "../endpoints/arguments.ts";
import { InputError } from "../errors.ts";
import { anObject, oneOf, readable, wrong } from "../options.ts";
import { defined, fieldOf } from "../wire/read.ts";
import type { ResponseParams, ResponseTool } from "../wire/responses.ts";
import { askInBackground } from "./background.ts";
import { checkOwnParams, ResponseRequest } from "./request.ts";
import { Refusals } from "./refusals.ts";

/** Options of {@link responses}: the place of the conversation's state, and params that only the Responses API has. */
export interface ResponsesOptions extends Omit<ResponseParams, "model" | "tools" | "tool_choice" | "stream"> {
  /** Tools that only the Responses API has: the provider's, or in this API's form. Give tools that run to the session. */
  tools?: readonly ResponseTool[] | undefined;
  /**
   * The place of the conversation's state. `"local"`: the session sends all messages each time, and the service stores nothing. `"server"`: the
   * service stores responses, and the session continues from the last one by its id.
   *
   * @default "local"
   */
  state?: "local" | "server" | undefined;
}

/**
 * Makes a session use the Responses API, `POST /responses`. Its messages stay in the form of chat completions, so that you can switch the
 * API in the middle of a chat.
 *
 * Params of a session and of a turn have the form of chat completions and override those given here.
 *
 * @param options the place of the conversation's state, hosted tools, and other params that only the Responses API has
 * @returns a value for a session's option `api`
 * @throws InputError if an option is malformed or belongs elsewhere
 * @example
 * ```ts
 * const chat = client.newChatSession({ api: responses({ tools: [{ type: "web_search" }], reasoning: { summary: "auto" } }) });
 * await chat.send("Is it raining in Oslo?", { reasoning_effort: "medium" });
 * ```
 */
export function responses(options: ResponsesOptions = {}): Api {
  checkOptions(options);
  const { state = "local", ...params } = options;
  const standing: ResponseParams = defined(params);
  const refusals = new Refusals();
  // The API sends reasoning as items of its own, so there are no tags to read.
  const requestOf = ({ options: { thinkTags: _, ...options }, ...request }: ApiRequest): ResponseRequest =>
    new ResponseRequest({ ...request, options }, { state, standing, refusals });

  async function stream(request: ApiRequest): Promise<AnswerStream> {
    const asked = requestOf(request);
    if (asked.isBackground) return askInBackground(asked);
    const { connection, options } = asked.request;
    const stream = await asked.send((input, body) => streamResponse(connection, input, body, options));
    return {
      [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
      final: async () => asked.step(await stream.final()),
      get partial() {
        return asked.partial(stream.partial);
      },
    };
  }

  async function ask(request: ApiRequest): Promise<Step> {
    const asked = requestOf(request);
    // A background response is complete only at the end of its stream.
    if (asked.isBackground) return (await askInBackground(asked)).final();
    const { connection, options } = asked.request;
    const { resume: _, ...own } = options;
    return asked.step(await asked.send((input, body) => createResponse(connection, input, body, own)));
  }

  const api: AskableApi = { name: "responses", ask, stream };
  return api;
}

/** Names that are not options of `responses()`, with the place where they belong. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  input: "input as the first argument of send()",
  messages: "messages among the session's options",
  model: "model among the session's options",
  tool_choice: "tool_choice among the params of a session or a turn",
};

function checkOptions(options: unknown): void {
  anObject(options, "options");
  const { state, tools, ...params } = readable("options", () => ({ ...(options as ResponsesOptions) }));
  if (state !== undefined) oneOf("local", "server")(state, "state");
  if (tools !== undefined) readable("tools", () => checkTools(tools));
  checkOwnParams(params, "");
  checkParams(params, {
    root: "",
    elsewhere: ELSEWHERE,
    streams: "the session's stream(), or onChunk among the options of send()",
  });
}

function checkTools(tools: unknown): void {
  if (!Array.isArray(tools)) throw wrong("tools", "a list of tools", tools);
  for (const [at, tool] of (tools as unknown[]).entries()) {
    if (typeof fieldOf(tool, "type") !== "string")
      throw wrong(`tools[${at}]`, 'a tool such as { type: "web_search" }', tool);
    if (typeof fieldOf(tool, "execute") === "function")
      throw new InputError(
        `tools[${at}]`,
        "a tool that the provider runs",
        "a tool of tool(), which belongs among the session's tools",
      );
  }
}
