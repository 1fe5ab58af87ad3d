import { InputError } from "../errors.ts";
import { withoutOwnPath } from "../http/provider.ts";
import type { Provider } from "../http/provider.ts";
import { aFunction, aString, checkOptions, oneOf, type Rules } from "../options.ts";
import { openai } from "./openai.ts";

/** The options of {@link azure}. */
export interface AzureOptions {
  /**
   * The resource: `https://NAME.openai.azure.com`. A path from `/openai` on is ignored.
   *
   * @default the variable `AZURE_OPENAI_ENDPOINT`
   */
  endpoint?: string | undefined;
  /**
   * The form of the addresses. `"v1"`: `/openai/v1/…`, one API for all models. `"deployments"`: the older
   * `/openai/deployments/NAME/…` with an `api-version`.
   *
   * @default "v1"
   */
  form?: "v1" | "deployments" | undefined;
  /**
   * The `api-version` in the query.
   *
   * @default none with `"v1"`, `2024-10-21` with `"deployments"`
   */
  apiVersion?: string | undefined;
  /**
   * The deployment for requests without a `model`. Azure takes the deployment's name as the model's.
   *
   * @default the variable `AZURE_OPENAI_DEPLOYMENT`
   */
  deployment?: string | undefined;
  /**
   * Returns a token of Microsoft Entra ID. It is called before every attempt, and sent as a bearer token in place of an
   * `api-key`.
   *
   * @default none
   */
  token?: (() => string | Promise<string>) | undefined;
}

/** The path under a resource that both forms begin with. */
const OWN_PATH = "/openai";
const OPTIONS: Rules = {
  endpoint: aString,
  form: oneOf("v1", "deployments"),
  apiVersion: aString,
  deployment: aString,
  token: aFunction,
};

/** Endpoints of a single deployment. The others belong to the resource. */
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
 * @param options settings that override the variables `AZURE_OPENAI_ENDPOINT`, `AZURE_OPENAI_API_KEY` and
 *   `AZURE_OPENAI_DEPLOYMENT`
 * @returns a provider for `createClient({ provider, env })`
 * @throws InputError for a wrong option
 * @example
 * ```ts
 * const client = createClient({ provider: azure({ deployment: "my-gpt" }), env: process.env });
 * ```
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
