import { type Fields, fieldOf, fieldsOf } from "../../wire/read.ts";
import { COMPLETION_FIELDS } from "../apiFields.ts";
import { findBodyFault } from "../bodyRules.ts";
import { type Answer, answerOf, hasContent, limitTo, stopAt } from "../answer.ts";
import { type ChatRequest, readChatRequest } from "../chatRequest.ts";
import { defaultAnswer } from "../defaultAnswer.ts";
import { usageOf } from "../completion.ts";
import { jsonDraft, streamDraft } from "../drafts.ts";
import { findCompletionFault } from "../models.ts";
import { rateLimitHeaders } from "../headers.ts";
import { makeId } from "../ids.ts";
import { paceOf } from "../pace.ts";
import { eventText, piece } from "../pieces.ts";
import type { Call, Route } from "../route.ts";
import { countTokens, textsOf, tokenize } from "../tokens.ts";
import type { Draft } from "../types.ts";

/** `POST /completions`, streamed and whole. */
export const createCompletion: Route = {
  method: "POST",
  path: "/completions",
  check: (request, settings) =>
    findBodyFault(request, settings, { fields: COMPLETION_FIELDS, isLegacy: true, model: findCompletionFault }),
  answer: (call) => {
    const body = fieldsOf(call.request.body) ?? {};
    const prompts = textsOf(body["prompt"]);
    const answers = prompts.flatMap((prompt) => answersTo(call, prompt, body));
    const tokens = prompts.reduce((sum, prompt) => sum + countTokens(prompt), 0);
    const headers = rateLimitHeaders(call.request.number, tokens);
    const draft = drafted(call, answers, call.reply.usage ?? usageOf(tokens, answers));
    return { ...draft, headers: { ...draft.headers, ...headers } };
  },
};

function answersTo({ request, reply }: Call, prompt: string, body: Fields): Answer[] {
  const asChat: ChatRequest = readChatRequest({
    ...body,
    messages: [{ role: "user", content: prompt }],
    max_tokens: body["max_tokens"] ?? 16,
  });
  return Array.from({ length: asChat.choices }, (_, choice) => {
    const seed = `${request.number}.${choice}`;
    if (hasContent(reply)) return answerOf(reply, seed);
    const answer = limitTo(stopAt(defaultAnswer(asChat, choice, seed), asChat.stop), asChat.maxTokens);
    const echoed = body["echo"] === true ? { ...answer, text: prompt + (answer.text ?? "") } : answer;
    return reply.finishReason === undefined ? echoed : { ...echoed, finishReason: reply.finishReason };
  });
}

function drafted({ request, reply, settings }: Call, answers: readonly Answer[], usage: object): Draft {
  const body = fieldsOf(request.body) ?? {};
  const created = Math.floor(settings.now() / 1000);
  const head = { id: makeId("cmpl-", 29, request.number), object: "text_completion", created, model: body["model"] };
  const pace = paceOf(reply, settings);
  const logs = body["logprobs"] != null;
  const choice = (text: string, index: number, finish_reason: string | null, at = 0): object => ({
    text,
    index,
    logprobs: logs && text !== "" ? logprobsOf(text, at) : null,
    finish_reason,
  });
  if (body["stream"] !== true) {
    return jsonDraft({
      ...head,
      choices: answers.map(({ text = "", finishReason }, index) => choice(text, index, finishReason)),
      usage,
    });
  }
  const event = (choices: object[]): object => ({ ...head, choices });
  const events = answers.flatMap(({ text = "", finishReason }, index) => {
    let at = 0;
    const tokens = tokenize(text).map((token) =>
      event([choice(token, index, null, (at += token.length) - token.length)]),
    );
    return [...tokens, event([choice("", index, finishReason)])];
  });
  const counted = fieldOf(body["stream_options"], "include_usage") === true ? [{ ...event([]), usage }] : [];
  const pieces = [...events, ...counted].map((one, at) => piece(eventText(one), at === 0 ? 0 : pace.perToken));
  return { ...streamDraft([...pieces, piece("data: [DONE]\n\n")]), before: pace.firstToken };
}

function logprobsOf(text: string, from: number): object {
  const tokens = tokenize(text);
  let at = from;
  const text_offset = tokens.map((token) => (at += token.length) - token.length);
  return {
    tokens,
    token_logprobs: tokens.map(() => -0.1),
    top_logprobs: tokens.map((token) => ({ [token]: -0.1 })),
    text_offset,
  };
}
