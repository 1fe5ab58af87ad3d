import { badRequest, type Refusal } from "./apiErrors.ts";

/**
 * Returns the API's refusal of a request's key, or `undefined` if the key is good.
 *
 * @param headers the request's headers, names in lower case
 * @param apiKeys the good keys; `undefined` accepts any key, an empty list requires none
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
  // Azure clients send their key in this header.
  return bearer?.[1]?.trim() ?? headers["api-key"]?.trim() ?? "";
}

/** Masks a key for an error message: shows its ends, and nothing of a short key. */
function maskKey(key: string): string {
  return key.length < 12
    ? "*".repeat(key.length)
    : `${key.slice(0, 5)}${"*".repeat(Math.min(key.length - 7, 40))}${key.slice(-2)}`;
}
