import type { Settings } from "./options.ts";
import { Refusal } from "./refusal.ts";

/**
 * Authorizes a request by its headers alone.
 *
 * @throws Refusal that names the fault: host, origin, path, method, token or content type
 */
export function authorize(request: Request, settings: Settings): void {
  const url = new URL(request.url);
  checkHost(request, url, settings);
  checkOrigin(request, url, settings);
  checkPath(url, settings);
  checkMethod(request, settings);
  if (request.method === "OPTIONS") return;
  checkToken(request, settings);
  checkContent(request);
}

/** Returns the origin of a request from another site's page, if the settings allow that site. */
export function allowedOrigin(request: Request, settings: Settings): string | undefined {
  const origin = request.headers.get("origin");
  return origin !== null && settings.origins.includes(origin) ? origin : undefined;
}

function checkHost(request: Request, url: URL, { token, open, hosts }: Settings): void {
  if (token === undefined && !open) {
    throw new Refusal(
      403,
      "relay_token_not_set",
      "This relay is closed: it has no RELAY_TOKEN, and without one anybody " +
        "could spend its API key. Its owner sets one with `npx wrangler secret put RELAY_TOKEN`.",
    );
  }
  const host = request.headers.get("host");
  const names = host === null ? [url.hostname] : [url.hostname, hostname(host)];
  const foreign = names.find((name) => hosts && !hosts.includes(name));
  if (foreign === undefined) return;
  throw new Refusal(403, "relay_host", `This relay does not answer for the host ${JSON.stringify(foreign)}.`);
}

function hostname(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;
}

function checkOrigin(request: Request, url: URL, settings: Settings): void {
  const origin = request.headers.get("origin");
  if (origin === null || origin === url.origin || settings.origins.includes(origin)) return;
  throw new Refusal(403, "relay_origin", `Pages of the origin ${JSON.stringify(origin)} may not use this relay.`);
}

function checkPath(url: URL, { paths }: Settings): void {
  if (paths.includes(url.pathname)) return;
  throw new Refusal(
    404,
    "relay_path",
    `This relay has no ${JSON.stringify(url.pathname)}. It relays ${paths.join(", ")}.`,
  );
}

function checkMethod(request: Request, settings: Settings): void {
  if (request.method === "POST") return;
  if (request.method === "OPTIONS" && allowedOrigin(request, settings) !== undefined) return;
  throw new Refusal(405, "relay_method", `This relay takes POST here, not ${request.method}.`, { allow: "POST" });
}

function checkToken(request: Request, { token }: Settings): void {
  if (token === undefined) return;
  const given = /^Bearer +(.*)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (given !== undefined && sameText(given, token)) return;
  const what = given === undefined ? "This relay needs its token" : "This is not the relay's token";
  throw new Refusal(401, "relay_token", `${what}: send \`authorization: Bearer <RELAY_TOKEN>\`.`, {
    "www-authenticate": "Bearer",
  });
}

function checkContent(request: Request): void {
  const type = request.headers.get("content-type");
  if (type?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    const found = type === null ? "none" : JSON.stringify(type);
    throw new Refusal(415, "relay_content_type", `The content type must be application/json; it is ${found}.`);
  }
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding.trim().toLowerCase() === "identity") return;
  throw new Refusal(415, "relay_content_encoding", `The body must not be encoded; it is ${JSON.stringify(encoding)}.`);
}

/** Compares in constant time, so that the duration does not reveal how much of a guess is right. */
export function sameText(given: string, expected: string): boolean {
  const a = new TextEncoder().encode(given);
  const b = new TextEncoder().encode(expected);
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i % b.length] ?? 0);
  return difference === 0;
}
