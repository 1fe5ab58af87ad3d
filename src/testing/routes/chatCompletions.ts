import { type Answer, answerOf, hasContent, limitTo, stopAt } from "../answer.ts";
import { badRequest, type Refusal } from "../apiErrors.ts";
import { type ChatRequest, readChatRequest } from "../chatRequest.ts";
import { defaultAnswer } from "../defaultAnswer.ts";
import { chunksOf, type CompletionHead, completionOf, usageOf } from "../completion.ts";
import { jsonDraft, streamDraft } from "../drafts.ts";
import { rateLimitHeaders } from "../headers.ts";
import { makeHexId, makeId } from "../ids.ts";
import { type Beat, paceOf } from "../pace.ts";
import { eventText, piece } from "../pieces.ts";
import { PROVIDERS } from "../providers.ts";
import { findRequestFault } from "../requestRules.ts";
import type { Call, Route } from "../route.ts";
import { countTokens } from "../tokens.ts";
import type { Draft, Piece, RecordedRequest } from "../types.ts";

/** `POST /chat/completions`, streamed and whole. */
export const createChatCompletion: Route = {
  method: "POST",
  path: "/chat/completions",
  check: (request, settings) => checkType(request) ?? findRequestFault(request.body, settings),
  answer: (call) => complete(call, readChatRequest(call.request.body)),
};

function checkType(request: RecordedRequest): Refusal | undefined {
  const type = request.headers["content-type"] ?? "application/json";
  if (/^application\/json\b/i.test(type)) return undefined;
  const rule = `This API method only accepts 'application/json' requests, but you specified the header 'Content-Type: ${type}'.`;
  const text = `Unsupported content type: '${type}'. ${rule} Please try again with a supported content type.`;
  return badRequest(text, null, "unsupported_content_type");
}

function complete(call: Call, chat: ChatRequest): Draft {
  const { number } = call.request;
  const answers = Array.from({ length: chat.choices }, (_, choice) => answerTo(call, chat, choice));
  const usage = call.reply.usage ?? usageOf(countPrompt(chat), answers);
  const headers = rateLimitHeaders(number, countPrompt(chat));
  const pace = paceOf(call.reply, call.settings);
  const parts = { head: headOf(call, chat), answers, usage };
  const draft = chat.stream ? stream(parts, chat, pace) : whole(parts, pace);
  return { ...draft, headers: { ...draft.headers, ...headers } };
}

function answerTo(call: Call, chat: ChatRequest, choice: number): Answer {
  const seed = `${call.request.number}.${choice}`;
  const { reply } = call;
  // Scripted content is sent as it is: token limits and stop sequences apply to the default answer only.
  const { extend = (answer: Answer) => answer } = PROVIDERS[call.settings.provider];
  if (hasContent(reply)) return extend(answerOf(reply, seed), seed);
  const answer = extend(limitTo(stopAt(defaultAnswer(chat, choice, seed), chat.stop), chat.maxTokens), seed);
  return reply.finishReason === undefined ? answer : { ...answer, finishReason: reply.finishReason };
}

function headOf(call: Call, chat: ChatRequest): CompletionHead {
  return {
    id: makeId("chatcmpl-", 29, call.request.number),
    created: Math.floor(call.settings.now() / 1000),
    model: chat.model,
    service_tier: "default",
    system_fingerprint: makeHexId("fp_", 10, chat.model),
  };
}

function countPrompt(chat: ChatRequest): number {
  const words = chat.messages.reduce((sum, message) => sum + 4 + countTokens(message.text), 3);
  return words + (chat.tools.length === 0 ? 0 : countTokens(JSON.stringify(chat.tools)));
}

interface Parts {
  readonly head: CompletionHead;
  readonly answers: readonly Answer[];
  readonly usage: object;
}

function whole({ head, answers, usage }: Parts, pace: Beat): Draft {
  const tokens = chunksOf(head, answers, undefined).filter((chunk) => chunk.isToken).length;
  return { ...jsonDraft(completionOf(head, answers, usage)), before: pace.firstToken + tokens * pace.perToken };
}

function stream({ head, answers, usage }: Parts, chat: ChatRequest, pace: Beat): Draft {
  const chunks = chunksOf(head, answers, chat.includeUsage ? usage : undefined);
  const first = chunks.findIndex((chunk) => chunk.isToken);
  const events: Piece[] = chunks.map(({ chunk, isToken }, index) => {
    const padding = chat.includeObfuscation ? { obfuscation: makeId("", 1 + (index % 8), index) } : {};
    return piece(eventText({ ...chunk, ...padding }), isToken && index !== first ? pace.perToken : 0);
  });
  return { ...streamDraft([...events, piece("data: [DONE]\n\n")]), before: pace.firstToken };
}
