import type { EndpointModels } from "./models.ts";
import type { CallIds, ToolEffort } from "./provider.ts";

/** Facts about OpenAI's API. They also hold for a client without a provider at another base URL: a relay or a gateway leads there. */
export const OPENAI: {
  readonly name: string;
  readonly model: string;
  readonly toolEffort: ToolEffort;
  readonly callIds: CallIds;
} = {
  name: "OpenAI",
  model: "gpt-6-luna",
  toolEffort: {
    // gpt-5.6 and later, gpt-6 and later, and their fine-tuned models, without the two that refuse "none".
    models: String.raw`^(?:ft:)?(?!gpt-6-astra\b|gpt-6\.1-sol\b)gpt-(?:5\.(?:[6-9]|[1-9]\d+)|(?:[6-9]|[1-9]\d+)(?:\.\d+)?)(?:[-:]|$)`,
    effort: "none",
  },
  callIds: { length: 40 },
};

/** OpenAI's models for other endpoints than chats and responses, apart from the other facts because a chat does not need them. */
export const OPENAI_MODELS: { readonly models: EndpointModels; readonly noDefault: EndpointModels } = {
  models: {
    embedding: "text-embedding-3-small",
    moderation: "omni-moderation-latest",
    image: "gpt-image-2.6-flare",
    transcription: "gpt-transcribe",
  },
  noDefault: {
    completion: "its last model for /completions was shut down on 2026-09-28",
    speech: "/audio/speech ends on 2027-01-06 without a successor",
    translation: "/audio/translations ends on 2027-02-26 without a successor",
  },
};
