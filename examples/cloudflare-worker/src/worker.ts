import { createRelay, isLoopback, type RelayOptions } from "fetchat/relay";
import { createMockAPI } from "fetchat/testing";
import { closedPage, pageFile } from "./page.ts";

/** What the Worker is bound to. All of it may be missing. */
export interface Env {
  /** The API's key. Without it a mock API answers, so that the page can be tried. */
  OPENAI_API_KEY?: string;
  /** Another API that speaks the same language, such as `http://127.0.0.1:11434/v1`. */
  OPENAI_BASE_URL?: string;
  /** The model that the page asks for. */
  OPENAI_MODEL?: string;
  /** What clients must send. A deployed Worker answers nothing without it. */
  RELAY_TOKEN?: string;
  /** Host names that are served, with commas between them. `npm start` gives those of this machine. */
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
  if (!OPENAI_API_KEY) return { ...common, apiKey: "none", fetch: createMockAPI().fetch };
  return { ...common, apiKey: OPENAI_API_KEY, baseURL: OPENAI_BASE_URL || undefined };
}

/** Cloudflare finds a deployed Worker by its host, so a loopback name proves that this one runs on somebody's machine. */
function mayServe(request: Request, env: Env): boolean {
  const served = hosts(env);
  if (served && !served.includes(new URL(request.url).hostname)) return false;
  return !!env.RELAY_TOKEN || isLoopback(request.url);
}

function hosts({ RELAY_HOSTS }: Env): string[] | undefined {
  return RELAY_HOSTS ? RELAY_HOSTS.split(",").flatMap((name) => name.trim() || []) : undefined;
}
