import { checkDeclarations, checkRequestMessages } from "../../check/messages.ts";
import { normalizeAnswer } from "../../decode/answer.ts";
import { ChoiceBuilder } from "../../decode/choice.ts";
import { finishReasonOf, isBroken } from "../../decode/finish.ts";
import { NO_COMPLETION } from "../../decode/malformed.ts";
import { chat, streamChat } from "../../endpoints/chat.ts";
import { APIError, InputError } from "../../errors.ts";
import { attachInfo, infoOf } from "../../http/info.ts";
import type { ChatCompletion, Message } from "../../wire/index.ts";
import { listOf, objectOf, stringOf } from "../../wire/read.ts";
import { usageOf } from "../budget.ts";
import { toRequest } from "../history.ts";
import type { AnswerStream, Api, ApiRequest, AskableApi, Step } from "./api.ts";

/** The chat completions API, `POST /chat/completions`. Sessions use it by default. */
export const chatCompletions: Api = {
  name: "chat",
  async ask(request) {
    const messages = messagesOf(request);
    return toStep(await chat(request.connection, messages, request.params, request.options));
  },
  async stream(request) {
    const messages = messagesOf(request);
    const stream = await streamChat(request.connection, messages, request.params, request.options);
    return {
      [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
      final: async () => toStep(await stream.final()),
      get partial() {
        return stream.partial;
      },
    } satisfies AnswerStream;
  },
} satisfies AskableApi as AskableApi;

/** Returns the messages of a request. @throws InputError if a message or a declaration is malformed */
function messagesOf({ messages, params }: ApiRequest): Message[] {
  const request = toRequest(messages);
  checkRequestMessages(request);
  checkDeclarations(params);
  for (const [at, tool] of (params.tools ?? []).entries()) checkTool(tool, at);
  return request;
}

/** Tools that the provider runs, as only the Responses API has them. */
const HOSTED: ReadonlySet<string> = new Set([
  "web_search",
  "web_search_preview",
  "file_search",
  "code_interpreter",
  "image_generation",
  "mcp",
  "computer",
  "computer_use_preview",
  "local_shell",
  "shell",
  "apply_patch",
  "tool_search",
  "namespace",
]);

function checkTool(tool: object, at: number): void {
  const type = stringOf(tool, "type") ?? "";
  // Chat's form has the settings in a field of the type's name, also for tools that other providers run.
  if (!HOSTED.has(type) || objectOf(tool, type)) return;
  throw new InputError(
    `tools[${at}]`,
    "a function or custom tool with chat completions (hosted tools need the session's api to be responses() of fetchat/responses)",
    `{ type: "${type}" }`,
  );
}

/**
 * Reads an answer, in whatever form its provider sends messages and calls.
 *
 * @throws APIError if it is no answer, if something essential in it has the wrong type, or if its finish reason reports a failure
 */
export function toStep(completion: ChatCompletion): Step {
  const [choice] = listOf(completion, "choices");
  const given = objectOf(choice, "message");
  if (!given) throw failure(NO_COMPLETION, "no_choices", completion);
  const reason = finishReasonOf(choice) ?? "stop";
  const builder = new ChoiceBuilder(0, { whole: true });
  builder.add(given);
  builder.finishReason = reason;
  const ending = builder.ending();
  if (isBroken(reason) || !ending)
    throw failure(`The provider broke off: finish_reason "${reason}"`, reason, completion);
  const message = normalizeAnswer(builder.message());
  const content = stringOf(message, "content") ?? null;
  return { message: { ...message, content }, ending, usage: usageOf(objectOf(completion, "usage")), raw: completion };
}

function failure(message: string, code: string, body: unknown): APIError {
  return attachInfo(new APIError(message, { status: 200, code, body, headers: infoOf(body)?.headers }), infoOf(body));
}
