import { OPENAI, OPENAI_MODELS } from "../http/openai.ts";
import type { Provider } from "../http/provider.ts";

/**
 * OpenAI, as a client without a provider uses it, but without the fields of other providers' answers in its requests.
 */
export const openai: Provider = {
  ...OPENAI,
  ...OPENAI_MODELS,
  baseURL: "https://api.openai.com/v1",
  variables: {
    apiKey: ["OPENAI_API_KEY"],
    baseURL: ["OPENAI_BASE_URL"],
    model: ["OPENAI_MODEL"],
    organization: ["OPENAI_ORG_ID"],
    project: ["OPENAI_PROJECT_ID"],
  },
  // https://platform.openai.com/docs/api-reference/chat/create: the fields of an assistant message in a request.
  takes: ["refusal", "function_call", "audio"],
  cors: "any",
};
