import { badRequest } from "../apiErrors.ts";
import { jsonDraft } from "../drafts.ts";
import { shutdownDate } from "../models.ts";
import type { Route } from "../route.ts";

const CREATED: Readonly<Record<string, number>> = {
  "gpt-6-luna": 1_790_000_000,
  "gpt-6.1-terra": 1_792_000_000,
  "gpt-5": 1_754_425_777,
  "gpt-5-mini": 1_754_425_928,
  "gpt-5-nano": 1_754_426_384,
  "gpt-4.1": 1_744_316_542,
  "gpt-4.1-mini": 1_744_318_173,
};

/** The models that the mock API lists by default: some of OpenAI's. */
export const DEFAULT_MODELS: readonly string[] = Object.keys(CREATED);

/** `GET /models`. */
export const listModels: Route = {
  method: "GET",
  path: "/models",
  answer: ({ settings }) => jsonDraft({ object: "list", data: settings.models.map(modelOf) }),
};

/** `GET /models/{model}`. */
export const getModel: Route = {
  method: "GET",
  path: "/models/:model",
  answer: ({ settings, params }) => {
    const id = params["model"] ?? "";
    if (settings.models.includes(id)) return jsonDraft(modelOf(id));
    return badRequest(`The model '${id}' does not exist`, "model", "model_not_found", 404);
  },
};

function modelOf(id: string): object {
  return {
    id,
    object: "model",
    created: CREATED[id] ?? 1_744_000_000,
    owned_by: "system",
    shutdown_date: shutdownDate(id),
  };
}
