import { createRelay, isLoopback, type RelayOptions } from "fetchat/relay";
import { createMockAPI } from "fetchat/testing";
import { closedPage, pageFile } from "./page.ts";
import { talk } from "./talk.ts";

/** The Worker's bindings, all of them optional. */
export interface Env {
  /** The API's key. Without it a mock API answers, so that the page can be tried. */
  OPENAI_API_KEY?: string;
  /** Another service with the same API, such as `http://127.0.0.1:11434/v1`. */
  OPENAI_BASE_URL?: string;
  /** The model that the page asks for. */
  OPENAI_MODEL?: string;
  /** The token that clients must send. A deployed Worker refuses every request until it is set. */
  RELAY_TOKEN?: string;
  /** The host names to serve, separated by commas. `npm start` sets those of this machine. */
  RELAY_HOSTS?: string;
}

const MODEL = "gpt-6-luna";

export default {
  fetch(request: Request, env: Env): Response | Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/v1/")) return createRelay(relayOptions(request, env))(request);
    if (!mayServe(request, env)) return closedPage();
    return pageFile(pathname, { answers: env.OPENAI_API_KEY ? "api" : "mock", model: env.OPENAI_MODEL || MODEL });
  },
};

function relayOptions(request: Request, env: Env): RelayOptions {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, RELAY_TOKEN } = env;
  const common: Partial<RelayOptions> = { token: RELAY_TOKEN, open: isLoopback(request.url), hosts: hosts(env) };
  if (!OPENAI_API_KEY) return { ...common, apiKey: "none", fetch: createMockAPI({ defaultReply: talk }).fetch };
  return { ...common, apiKey: OPENAI_API_KEY, baseURL: OPENAI_BASE_URL || undefined };
}

/** Cloudflare routes requests to a deployed Worker by its host, so a loopback name means that this one runs locally. */
function mayServe(request: Request, env: Env): boolean {
  const served = hosts(env);
  if (served && !served.includes(new URL(request.url).hostname)) return false;
  return !!env.RELAY_TOKEN || isLoopback(request.url);
}

function hosts({ RELAY_HOSTS }: Env): string[] | undefined {
  return RELAY_HOSTS ? RELAY_HOSTS.split(",").flatMap((name) => name.trim() || []) : undefined;
}
