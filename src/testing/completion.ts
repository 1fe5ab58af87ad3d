import { type Answer, type AnswerCall, countAnswer } from "./answer.ts";
import { tokenize, tokenizeJson } from "./tokens.ts";

/** The fields that all objects of one answer share. */
export interface CompletionHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly service_tier: string;
  readonly system_fingerprint: string;
}

/** One chunk of a stream. A chunk that carries a token is sent after the pace's delay. */
export interface TimedChunk {
  readonly chunk: object;
  readonly isToken: boolean;
}

/** Returns the usage object for a prompt and its answers. */
export function usageOf(promptTokens: number, answers: readonly Answer[]): object {
  const counts = answers.map(countAnswer);
  const completionTokens = counts.reduce((sum, count) => sum + count.total, 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: counts.reduce((sum, count) => sum + count.reasoning, 0),
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** Returns a whole completion, as the API sends it without `stream`. */
export function completionOf(head: CompletionHead, answers: readonly Answer[], usage: object): object {
  const { id, created, model, service_tier, system_fingerprint } = head;
  const choices = answers.map((answer, index) => ({
    index,
    message: messageOf(answer),
    logprobs: null,
    finish_reason: answer.finishReason,
  }));
  return { id, object: "chat.completion", created, model, choices, usage, service_tier, system_fingerprint };
}

function messageOf(answer: Answer): object {
  const { text, refusal, reasoning, toolCalls, functionCall } = answer;
  return {
    role: "assistant",
    content: text ?? null,
    ...(reasoning !== undefined && wholeReasoning(reasoning, answer.signature)),
    ...(toolCalls?.length && { tool_calls: toolCalls.map(wholeCall) }),
    ...(functionCall && { function_call: { name: functionCall.name, arguments: functionCall.arguments } }),
    refusal: refusal ?? null,
    annotations: [],
  };
}

function wholeCall({ id, name, custom, arguments: given, extra }: AnswerCall): object {
  return custom
    ? { id, type: "custom", custom: { name, input: given } }
    : { id, type: "function", function: { name, arguments: given }, ...extra };
}

const REASONING = { type: "reasoning.text", format: "anthropic-claude-v1", index: 0 };

function wholeReasoning(text: string, signature: string | undefined): object {
  return signature === undefined
    ? { reasoning_content: text }
    : { reasoning: text, reasoning_details: [{ ...REASONING, text, signature }] };
}

/** Returns the deltas of reasoning. OpenRouter sends the signature in a last delta without text. */
function reasoningDeltas(text: string, signature: string | undefined): Delta[] {
  const parts = tokenize(text);
  if (signature === undefined) return parts.map((part) => token({ reasoning_content: part }));
  return [
    ...parts.map((part) => token({ reasoning: part, reasoning_details: [{ ...REASONING, text: part }] })),
    { delta: { reasoning_details: [{ ...REASONING, signature }] }, isToken: false },
  ];
}

/**
 * Returns the chunks of a streamed completion: those of every choice in turn, and a usage chunk if the request asks for
 * one.
 */
export function chunksOf(head: CompletionHead, answers: readonly Answer[], usage: object | undefined): TimedChunk[] {
  const { id, created, model, service_tier, system_fingerprint } = head;
  const frame = { id, object: "chat.completion.chunk", created, model, service_tier, system_fingerprint };
  const tail = usage === undefined ? {} : { usage: null };
  const deltas = interleave(answers.map(deltasOf));
  const chunks = deltas.map(({ index, delta, finish, isToken }) => ({
    chunk: { ...frame, choices: [{ index, delta, logprobs: null, finish_reason: finish ?? null }], ...tail },
    isToken,
  }));
  return usage === undefined ? chunks : [...chunks, { chunk: { ...frame, choices: [], usage }, isToken: false }];
}

interface Delta {
  readonly delta: object;
  readonly isToken: boolean;
  readonly finish?: string | null;
}

function deltasOf(answer: Answer): Delta[] {
  const { text, refusal, reasoning, toolCalls = [], functionCall } = answer;
  const say = (field: string, words: string | undefined): Delta[] =>
    tokenize(words ?? "").map((word) => token({ [field]: word }));
  return [
    ...opening(answer),
    ...reasoningDeltas(reasoning ?? "", answer.signature),
    ...say("content", text),
    ...say("refusal", refusal),
    ...toolCalls.flatMap((call, index) => callDeltas(call, index, isAlone(answer))),
    ...tokenizeJson(functionCall?.arguments ?? "").map((part) => token({ function_call: { arguments: part } })),
    { delta: {}, isToken: false, finish: answer.finishReason },
  ];
}

function token(delta: object): Delta {
  return { delta, isToken: true };
}

/** Returns the first delta, which has the role. As with the API, a single call begins in it. */
function opening(answer: Answer): Delta[] {
  const { text, refusal, reasoning, toolCalls, functionCall } = answer;
  const silent = text === undefined && refusal === undefined && reasoning === undefined;
  const content = silent && (toolCalls?.length || functionCall) ? null : "";
  const first = toolCalls?.[0];
  const call = {
    ...(isAlone(answer) && first && { tool_calls: [callHead(first, 0)] }),
    ...(functionCall && { function_call: { name: functionCall.name, arguments: "" } }),
  };
  return [{ delta: { role: "assistant", content, ...call, refusal: null }, isToken: false }];
}

function isAlone(answer: Answer): boolean {
  return answer.toolCalls?.length === 1 && answer.text === undefined && answer.reasoning === undefined;
}

function callHead(call: AnswerCall, index: number): object {
  return { index, ...wholeCall({ ...call, arguments: "" }) };
}

function callDeltas(call: AnswerCall, index: number, opened: boolean): Delta[] {
  const part = (text: string): object =>
    call.custom ? { index, custom: { input: text } } : { index, function: { arguments: text } };
  const parts = (call.custom ? tokenize : tokenizeJson)(call.arguments).map((text) =>
    token({ tool_calls: [part(text)] }),
  );
  return opened ? parts : [token({ tool_calls: [callHead(call, index)] }), ...parts];
}

function interleave(choices: readonly (readonly Delta[])[]): (Delta & { index: number })[] {
  const longest = Math.max(0, ...choices.map((choice) => choice.length));
  const rounds = Array.from({ length: longest }, (_, round) =>
    choices.map((choice, index) => ({ index, delta: choice[round] })),
  );
  return rounds.flat().flatMap(({ index, delta }) => (delta === undefined ? [] : [{ index, ...delta }]));
}
