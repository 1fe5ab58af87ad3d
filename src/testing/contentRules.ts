import { stringOf } from "../wire/read.ts";
import { badRequest, emptyArray, missing, type Refusal, wrongImage, wrongType, wrongValue } from "./apiErrors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Returns true for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  system: ["text"],
  developer: ["text"],
  user: ["text", "image_url", "input_audio", "file"],
  assistant: ["text", "refusal"],
  tool: ["text"],
  function: [],
};

/**
 * Returns the API's refusal of a message's `content`, or `undefined` if the API would accept it.
 *
 * @param content the field's value, not null
 * @param role one of the API's six roles
 * @param path the field's path, for the refusal
 * @param isOpen lets unknown parts and images given as strings pass, as providers other than OpenAI do. Default false
 */
export function checkContent(content: unknown, role: string, path: string, isOpen = false): Refusal | undefined {
  if (typeof content === "string") return undefined;
  const allowed = PARTS[role] ?? [];
  if (allowed.length === 0) return wrongType(path, "a string", content);
  if (!Array.isArray(content)) return wrongType(path, "one of a string or array of objects", content);
  return (
    checkObjects(content, path, (part, place) => checkPart(part, allowed, place, isOpen)) ??
    checkRefusalParts(content, path)
  );
}

/** Returns the refusal of an empty list, or of the first item that is not an object or that `check` refuses. */
export function checkObjects(
  items: readonly unknown[],
  path: string,
  check: (item: Fields, path: string, index: number) => Refusal | undefined,
): Refusal | undefined {
  if (items.length === 0) return emptyArray(path);
  for (const [index, item] of items.entries()) {
    const place = `${path}[${index}]`;
    const refusal = isRecord(item) ? check(item, place, index) : wrongType(place, "an object", item);
    if (refusal) return refusal;
  }
  return undefined;
}

function checkPart(part: Fields, allowed: readonly string[], path: string, isOpen: boolean): Refusal | undefined {
  const { type } = part;
  if (type === undefined) return missing(`${path}.type`);
  if (isOpen && (typeof type !== "string" || !allowed.includes(type) || typeof part[type] === "string"))
    return typeof type === "string" ? undefined : wrongType(`${path}.type`, "a string", type);
  if (typeof type !== "string" || !allowed.includes(type)) return wrongValue(path, type, allowed);
  const check = NESTED[type];
  if (!check) return needString(part, type, path);
  const url = isOpen ? undefined : stringOf(part["image_url"], "url");
  return (
    checkObject(part, type, path, check) ?? (url === undefined ? undefined : checkImage(url, `${path}.image_url.url`))
  );
}

/** Returns the refusal of a field that is not an object or that `check` refuses. */
export function checkObject(
  fields: Fields,
  name: string,
  path: string,
  check: (inner: Fields, path: string) => Refusal | undefined,
): Refusal | undefined {
  const inner = fields[name];
  const place = `${path}.${name}`;
  if (inner === undefined) return missing(place);
  return isRecord(inner) ? check(inner, place) : wrongType(place, "an object", inner);
}

/**
 * Returns the refusal of an image address that is neither a web address nor a data URL of an image.
 *
 * @param path the field's path
 */
export function checkImage(url: string, path: string): Refusal | undefined {
  if (/^data:/i.test(url))
    return /^data:image\/[\w.+-]+;base64,[A-Za-z0-9+/\s]*={0,2}\s*$/i.test(url)
      ? undefined
      : wrongImage(path, IMAGE_DATA, "an invalid base64-encoded value");
  return /^https?:\/\/[^\s/]/i.test(url)
    ? undefined
    : wrongImage(path, "a valid URL", "a value with an invalid format");
}

const IMAGE_DATA =
  "a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=')";

/** Part types whose content is an object under the name of the type. */
const NESTED: Readonly<Record<string, (content: Fields, path: string) => Refusal | undefined>> = {
  image_url: (image, path) =>
    needString(image, "url", path) ??
    (image["detail"] === undefined ? undefined : needOneOf(image, "detail", path, ["low", "high", "original", "auto"])),
  input_audio: (audio, path) =>
    needString(audio, "data", path) ??
    needString(audio, "format", path) ??
    needOneOf(audio, "format", path, ["wav", "mp3"]),
  file: ({ file_id, file_data }, path) =>
    typeof file_id === "string" || typeof file_data === "string" ? undefined : missing(`${path}.file_id`),
};

/** Returns the refusal of a field that is not a string. */
export function needString(fields: Fields, name: string, path: string): Refusal | undefined {
  const value = fields[name];
  if (value === undefined) return missing(`${path}.${name}`);
  return typeof value === "string" ? undefined : wrongType(`${path}.${name}`, "a string", value);
}

/** Returns the refusal of a field that is not one of the allowed values. */
export function needOneOf(fields: Fields, name: string, path: string, allowed: readonly string[]): Refusal | undefined {
  const value = fields[name];
  return allowed.some((one) => one === value) ? undefined : wrongValue(`${path}.${name}`, value, allowed);
}

function checkRefusalParts(parts: readonly unknown[], path: string): Refusal | undefined {
  const refusals = parts.filter((part) => isRecord(part) && part["type"] === "refusal").length;
  if (refusals === 0 || parts.length === 1) return undefined;
  const message = `Invalid '${path}': an assistant message holds either parts of type 'text' or exactly one part of type 'refusal'.`;
  return badRequest(message, path, "invalid_value");
}
