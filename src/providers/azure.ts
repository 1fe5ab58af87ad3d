import { InputError } from "../errors.ts";
import { withoutOwnPath } from "../http/provider.ts";
import type { Provider } from "../http/provider.ts";
import { aFunction, aString, checkOptions, oneOf, type Rules } from "../options.ts";
import { openai } from "./openai.ts";

/** How to reach an Azure OpenAI resource. */
export interface AzureOptions {
  /** The resource: `https://NAME.openai.azure.com`. A path from `/openai` on is left out. Default: the variable `AZURE_OPENAI_ENDPOINT`. */
  endpoint?: string | undefined;
  /**
   * `"v1"`: one API for all models, `/openai/v1/…`. `"deployments"`: the older form, `/openai/deployments/NAME/…`, with an
   * `api-version`. Default `"v1"`.
   */
  form?: "v1" | "deployments" | undefined;
  /** `api-version` in the query. Default: none with v1, `2024-10-21` with deployments. */
  apiVersion?: string | undefined;
  /** The deployment of requests that name no `model`: what Azure calls the model's name is the deployment's. */
  deployment?: string | undefined;
  /** Gives a token of Microsoft Entra ID, asked for before every attempt; sent as a bearer instead of an `api-key`. */
  token?: (() => string | Promise<string>) | undefined;
}

/** Where the API lies below a resource. Both forms begin with it. */
const OWN_PATH = "/openai";
const OPTIONS: Rules = {
  endpoint: aString,
  form: oneOf("v1", "deployments"),
  apiVersion: aString,
  deployment: aString,
  token: aFunction,
};

/** Endpoints that belong to one deployment; the others lie beside them. */
const DEPLOYED = [
  "/chat/completions",
  "/completions",
  "/embeddings",
  "/images/generations",
  "/images/edits",
  "/audio/speech",
  "/audio/transcriptions",
  "/audio/translations",
];

/**
 * Azure OpenAI. https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 *
 * @param options what `env` does not say; variables: `AZURE_OPENAI_ENDPOINT`, `AZURE_OPENAI_API_KEY`, `AZURE_OPENAI_DEPLOYMENT`
 */
export function azure(options: AzureOptions = {}): Provider {
  checkOptions(options, OPTIONS, "");
  const { endpoint = "{AZURE_OPENAI_ENDPOINT}", form = "v1", deployment = "", token } = options;
  const older = form === "deployments";
  const apiVersion = options.apiVersion ?? (older ? "2024-10-21" : undefined);
  return {
    name: "Azure OpenAI",
    baseURL: `${withoutOwnPath(endpoint, OWN_PATH)}${OWN_PATH}${older ? "" : "/v1"}`,
    ownPath: OWN_PATH,
    model: deployment,
    variables: { ...(token ? undefined : { apiKey: ["AZURE_OPENAI_API_KEY"] }), model: ["AZURE_OPENAI_DEPLOYMENT"] },
    keyHeader: token ? undefined : "api-key",
    apiKey: token,
    query: apiVersion === undefined ? undefined : { "api-version": apiVersion },
    path: older ? deployedPath : undefined,
    lacks: ["moderations"],
    takes: openai.takes,
    cors: "unknown",
  };
}

function deployedPath(path: string, model: string): string {
  if (!DEPLOYED.includes(path)) return path;
  if (model === "") throw new InputError("model", "the name of a deployment, in the params or for the client", "none");
  return `/deployments/${encodeURIComponent(model)}${path}`;
}
