import type { EndpointName, Provider } from "../http/provider.ts";

/** The headers that a page may send to services that allow only a key and JSON. `accept` needs no permission. */
const PLAIN: readonly string[] = ["authorization", "content-type"];
const MEDIA: readonly EndpointName[] = ["images", "audio"];

/** Google's Gemini through its OpenAI-compatible endpoint. https://ai.google.dev/gemini-api/docs/openai */
export const gemini: Provider = {
  name: "Gemini",
  baseURL: "https://generativelanguage.googleapis.com/v1beta/openai",
  model: "gemini-flash-latest",
  models: { embedding: "gemini-embedding-001" },
  variables: { apiKey: ["GEMINI_API_KEY", "GOOGLE_API_KEY"], model: ["GEMINI_MODEL"] },
  lacks: ["completions", "moderations", "files", "images/edits", "audio", "responses"],
  // `extra_content.google.thought_signature` of a tool call. https://ai.google.dev/gemini-api/docs/thought-signatures
  wants: ["extra_content"],
  // Gemini 3 refuses unsigned calls in the current turn; it does not verify this signature.
  unsignedCalls: {
    models: "gemini-(?![12]\\b)",
    fields: { extra_content: { google: { thought_signature: "skip_thought_signature_validator" } } },
  },
  cors: PLAIN,
};

/** OpenRouter. https://openrouter.ai/docs/api-reference/overview */
export const openrouter: Provider = {
  name: "OpenRouter",
  baseURL: "https://openrouter.ai/api/v1",
  model: "~openai/gpt-terra-latest",
  models: { embedding: "openai/text-embedding-3-small" },
  variables: { apiKey: ["OPENROUTER_API_KEY"], model: ["OPENROUTER_MODEL"] },
  // OpenRouter has its own endpoint for images, POST /images.
  lacks: ["moderations", "files", "images"],
  // https://openrouter.ai/docs/use-cases/reasoning-tokens: required unchanged between the calls of a tool turn.
  wants: ["reasoning_details"],
  cors: [...PLAIN, "http-referer", "x-title"],
};

/** Groq. https://console.groq.com/docs/openai */
export const groq: Provider = {
  name: "Groq",
  baseURL: "https://api.groq.com/openai/v1",
  model: "openai/gpt-oss-120b",
  models: { transcription: "whisper-large-v3-turbo", translation: "whisper-large-v3" },
  variables: { apiKey: ["GROQ_API_KEY"], model: ["GROQ_MODEL"] },
  lacks: ["completions", "embeddings", "moderations", "images"],
  // Answers 400 "property 'reasoning_content' is unsupported" for any other field:
  // https://github.com/janhq/jan/issues/8136
  takes: ["reasoning", "function_call"],
  cors: PLAIN,
};

/** Mistral. https://docs.mistral.ai/api */
export const mistral: Provider = {
  name: "Mistral",
  baseURL: "https://api.mistral.ai/v1",
  model: "mistral-small-latest",
  models: { embedding: "mistral-embed", moderation: "mistral-moderation-latest", transcription: "voxtral-mini-latest" },
  variables: { apiKey: ["MISTRAL_API_KEY"], model: ["MISTRAL_MODEL"] },
  lacks: ["completions", "images", "audio/translations", "responses"],
  // Always sends usage, and answers unknown fields with 422 ("extra_forbidden").
  includeUsage: false,
  // https://github.com/charmbracelet/crush/issues/1590
  takes: ["prefix"],
  // Answers 400 "Tool call id was … but must be a-z, A-Z, 0-9, with a length of 9".
  callIds: { length: 9, exact: true },
  // https://docs.mistral.ai/capabilities/reasoning
  thinkingParts: true,
  // https://github.com/infiolab/infio-copilot/issues/146: the preflight fails with any other header.
  cors: PLAIN,
};

/** DeepSeek. https://api-docs.deepseek.com */
export const deepseek: Provider = {
  name: "DeepSeek",
  baseURL: "https://api.deepseek.com",
  model: "deepseek-flash",
  variables: { apiKey: ["DEEPSEEK_API_KEY"], model: ["DEEPSEEK_MODEL"] },
  // Completions exist only below /beta.
  lacks: ["completions", "embeddings", "moderations", "files", ...MEDIA],
  // Answers 400 if it is missing from a turn with tool calls, and ignores it elsewhere:
  // https://api-docs.deepseek.com/guides/thinking_mode
  wants: ["reasoning_content"],
  cors: "unknown",
};

/** xAI. https://docs.x.ai/docs/api-reference */
export const xai: Provider = {
  name: "xAI",
  baseURL: "https://api.x.ai/v1",
  model: "grok-4.3",
  variables: { apiKey: ["XAI_API_KEY"], model: ["XAI_MODEL"] },
  lacks: ["embeddings", "moderations", "audio"],
  cors: "unknown",
};

/** Together AI. https://docs.together.ai/docs/inference/openai-compatibility */
export const together: Provider = {
  name: "Together AI",
  baseURL: "https://api.together.ai/v1",
  model: "openai/gpt-oss-20b",
  variables: { apiKey: ["TOGETHER_API_KEY"], model: ["TOGETHER_MODEL"] },
  lacks: ["moderations", "images/edits", "responses"],
  // Sends usage in the last chunk without the option.
  includeUsage: false,
  cors: "unknown",
};

/** Fireworks AI. https://docs.fireworks.ai/tools-sdks/openai-compatibility */
export const fireworks: Provider = {
  name: "Fireworks AI",
  baseURL: "https://api.fireworks.ai/inference/v1",
  model: "accounts/fireworks/models/gpt-oss-120b",
  variables: { apiKey: ["FIREWORKS_API_KEY"], model: ["FIREWORKS_MODEL"] },
  lacks: ["moderations", "files", ...MEDIA],
  // Sends usage in the last chunk, and has refused the option: https://github.com/FlowiseAI/Flowise/issues/2866
  includeUsage: false,
  // Refuses unknown request fields with "Extra inputs are not permitted".
  takes: ["reasoning_content", "function_call"],
  wants: ["reasoning_content"],
  cors: "unknown",
};

/** Cerebras. https://inference-docs.cerebras.ai/resources/openai */
export const cerebras: Provider = {
  name: "Cerebras",
  baseURL: "https://api.cerebras.ai/v1",
  model: "gpt-oss-120b",
  variables: { apiKey: ["CEREBRAS_API_KEY"], model: ["CEREBRAS_MODEL"] },
  lacks: ["embeddings", "moderations", "responses", ...MEDIA],
  // Answers 400 "property … is unsupported" for any other field: https://github.com/QwenLM/qwen-code/issues/11045
  takes: ["reasoning"],
  wants: ["reasoning"],
  cors: "unknown",
};
