import { InputError } from "../errors.ts";
import type { Transport } from "./transport.ts";

/** The models of requests that name none, by endpoint. A chat's and a response's is the `model` option. */
export interface EndpointModels {
  /** For `completion()`. Default `gpt-3.5-turbo-instruct`. */
  completion?: string | undefined;
  /** For `embedding()`. Default `text-embedding-3-small`. */
  embedding?: string | undefined;
  /** For `moderation()`. Default `omni-moderation-latest`. */
  moderation?: string | undefined;
  /** For `imageGeneration()` and `imageEdit()`. Default `gpt-image-1.5`. */
  image?: string | undefined;
  /** For `speech()`. Default `gpt-4o-mini-tts`. */
  speech?: string | undefined;
  /** For `transcription()`. Default `gpt-4o-mini-transcribe`. */
  transcription?: string | undefined;
  /** For `translation()`. Default `whisper-1`. */
  translation?: string | undefined;
}

/** What OpenAI serves for each endpoint; a provider has its own, or none. */
export const OPENAI_MODELS: Readonly<Required<{ [Name in keyof EndpointModels]: string }>> = {
  completion: "gpt-3.5-turbo-instruct",
  embedding: "text-embedding-3-small",
  moderation: "omni-moderation-latest",
  image: "gpt-image-1.5",
  speech: "gpt-4o-mini-tts",
  transcription: "gpt-4o-mini-transcribe",
  translation: "whisper-1",
};

/**
 * The model of a request that names none.
 *
 * @throws InputError where the provider has no default for it
 */
export function modelFor({ models, provider }: Transport, name: keyof EndpointModels): string {
  const model = models[name] ?? (provider ? undefined : OPENAI_MODELS[name]);
  if (model === undefined)
    throw new InputError(
      "params.model",
      `a model (${provider?.name} has no default for ${name}; see the option models)`,
      "none",
    );
  return model;
}
