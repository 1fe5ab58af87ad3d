import { InputError } from "../errors.ts";
import { OPENAI } from "../http/openai.ts";
import type { EndpointName, Provider } from "../http/provider.ts";
import { aString, checkOptions } from "../options.ts";
import type { Fetch } from "../http/connection.ts";

const LACKS: readonly EndpointName[] = ["completions", "moderations", "files", "images", "audio"];

/**
 * Workers AI, by Cloudflare's API. https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility
 * Variables: `CLOUDFLARE_ACCOUNT_ID`, `CLOUDFLARE_API_TOKEN`. Inside a Worker see {@link aiBinding}.
 */
export const workersAI: Provider = {
  name: "Workers AI",
  baseURL: "https://api.cloudflare.com/client/v4/accounts/{CLOUDFLARE_ACCOUNT_ID}/ai/v1",
  model: "@cf/openai/gpt-oss-120b",
  variables: { apiKey: ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"], model: ["WORKERS_AI_MODEL"] },
  lacks: LACKS,
  includeUsage: false,
  // Refuses null beside calls; several of its models refuse lists of parts: https://github.com/cloudflare/ai/tree/main/packages/workers-ai-provider
  plainContent: true,
  // Its reasoning models leave their thoughts in the content.
  thinkTags: "opened",
  // api.cloudflare.com answers no preflight.
  cors: "none",
};

/**
 * AI Gateway, by the same API: Workers AI's models and other providers', as `openai/…`, billed by Cloudflare.
 * https://developers.cloudflare.com/ai-gateway/usage/rest-api
 *
 * @param gateway the gateway's name; `default` is made on first use
 */
export function aiGateway(gateway = "default"): Provider {
  return { ...workersAI, name: "AI Gateway", headers: { "cf-aig-gateway-id": gateway } };
}

/** The part of a Worker's `AI` binding that is used. https://developers.cloudflare.com/ai-gateway/usage/worker-binding-methods */
export interface AIBinding {
  /** A gateway, by its name. */
  gateway(id: string): {
    run(
      request: { provider: string; endpoint: string; headers: Record<string, string>; query: unknown },
      options?: { signal?: AbortSignal },
    ): Promise<Response>;
  };
}

/** Where a request goes through a Worker's `AI` binding. */
export interface AIBindingOptions {
  /** The gateway's name. Default `default`. */
  gateway?: string | undefined;
  /** One of the gateway's providers, as Cloudflare names it, to be asked with its own key (`apiKey`). Default `workers-ai`. */
  provider?: string | undefined;
}

/**
 * Reaches a gateway through a Worker's `AI` binding, without an account or a token:
 * `createClient({ ...aiBinding(env.AI), model })`. Requests with a JSON body only: the binding takes no other.
 *
 * @param ai the binding, `env.AI`
 * @returns options for `createClient()`: a provider and a `fetch`
 */
export function aiBinding(ai: AIBinding, options: AIBindingOptions = {}): { provider: Provider; fetch: Fetch } {
  checkOptions(options, { gateway: aString, provider: aString }, "");
  const { gateway = "default", provider = "workers-ai" } = options;
  // Nothing is sent to this address: the binding is told the path.
  const base = "https://ai.binding";
  const own = provider === "workers-ai";
  return {
    provider: {
      ...workersAI,
      name: `AI binding (${provider})`,
      baseURL: base,
      variables: {},
      keyless: own,
      plainContent: own,
      lacks: ["models", "files"],
      model: own ? workersAI.model : "",
      toolEffort: provider === "openai" ? OPENAI.toolEffort : undefined,
    },
    async fetch(url, { body, headers, signal }) {
      const { pathname, search } = new URL(url);
      const path = pathname.replace(/^\/(?:v1\/)?/, "") + search;
      const request = {
        provider,
        endpoint: own ? `v1/${path}` : path,
        headers: Object.fromEntries(new Headers(headers)),
        query: parsed(body),
      };
      return ai.gateway(gateway).run(request, signal ? { signal } : undefined);
    },
  };
}

/** The JSON of a body: a text, or the bytes of one, as a relay passes them on. */
function parsed(body: unknown): unknown {
  const bytes = body instanceof ArrayBuffer || ArrayBuffer.isView(body);
  const text = bytes ? new TextDecoder().decode(body) : body;
  try {
    if (typeof text === "string") return JSON.parse(text) as unknown;
  } catch {
    // The parser's own error quotes the text.
  }
  throw new InputError(
    "body",
    "JSON: a Worker's AI binding takes no other body",
    typeof text === "string" ? "text that is not JSON" : typeof body,
  );
}
