import { badRequest, type Refusal } from "./apiErrors.ts";

/**
 * What the API holds against a request's key: `undefined` if nothing.
 *
 * @param headers the request's, names in lower case
 * @param apiKeys the good keys; `undefined`: any; empty: none is needed
 */
export function checkKey(
  headers: Readonly<Record<string, string>>,
  apiKeys: readonly string[] | undefined,
): Refusal | undefined {
  if (apiKeys?.length === 0) return undefined;
  const key = keyOf(headers);
  if (key === "") return badRequest(NO_KEY, null, null, 401);
  if (apiKeys === undefined || apiKeys.includes(key)) return undefined;
  const text = `Incorrect API key provided: ${maskKey(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`;
  return badRequest(text, null, "invalid_api_key", 401);
}

const NO_KEY =
  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.";

function keyOf(headers: Readonly<Record<string, string>>): string {
  const bearer = /^bearer\s+(.*)$/i.exec(headers["authorization"] ?? "");
  // Azure sends its key by this name.
  return bearer?.[1]?.trim() ?? headers["api-key"]?.trim() ?? "";
}

/** A key as an error may show it: its ends, and nothing of a short one. */
function maskKey(key: string): string {
  return key.length < 12
    ? "*".repeat(key.length)
    : `${key.slice(0, 5)}${"*".repeat(Math.min(key.length - 7, 40))}${key.slice(-2)}`;
}
