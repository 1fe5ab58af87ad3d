import { badRequest, emptyArray, missing, type Refusal, wrongType, wrongValue } from "./apiErrors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
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
 * What the API holds against a message's `content` that is there and not null: `undefined` if nothing.
 *
 * @param content the field's value
 * @param role one of the API's six roles
 * @param path the field's path, for the refusal
 */
export function checkContent(content: unknown, role: string, path: string): Refusal | undefined {
  if (typeof content === "string") return undefined;
  const allowed = PARTS[role] ?? [];
  if (allowed.length === 0) return wrongType(path, "a string", content);
  if (!Array.isArray(content)) return wrongType(path, "one of a string or array of objects", content);
  if (content.length === 0) return emptyArray(path);
  for (const [index, part] of content.entries()) {
    const refusal = checkPart(part, allowed, `${path}[${index}]`);
    if (refusal) return refusal;
  }
  return checkRefusalParts(content, path);
}

function checkPart(part: unknown, allowed: readonly string[], path: string): Refusal | undefined {
  if (!isRecord(part)) return wrongType(path, "an object", part);
  const type = part["type"];
  if (type === undefined) return missing(`${path}.type`);
  if (typeof type !== "string" || !allowed.includes(type)) return wrongValue(path, type, allowed);
  return checkPartFields(type, part, path);
}

function checkPartFields(type: string, part: Fields, path: string): Refusal | undefined {
  switch (type) {
    case "image_url":
      return checkImage(part["image_url"], `${path}.image_url`);
    case "input_audio":
      return checkAudio(part["input_audio"], `${path}.input_audio`);
    case "file":
      return checkFile(part["file"], `${path}.file`);
    default:
      return needString(part, type, path);
  }
}

/** Holds that an object has a text under a name. */
export function needString(fields: Fields, name: string, path: string): Refusal | undefined {
  const value = fields[name];
  if (value === undefined) return missing(`${path}.${name}`);
  return typeof value === "string" ? undefined : wrongType(`${path}.${name}`, "a string", value);
}

function checkImage(image: unknown, path: string): Refusal | undefined {
  if (image === undefined) return missing(path);
  if (!isRecord(image)) return wrongType(path, "an object", image);
  const refusal = needString(image, "url", path);
  if (refusal) return refusal;
  const detail = image["detail"];
  if (detail === undefined || detail === "auto" || detail === "low" || detail === "high" || detail === "original") return undefined;
  return wrongValue(`${path}.detail`, detail, ["low", "high", "original", "auto"]);
}

function checkAudio(audio: unknown, path: string): Refusal | undefined {
  if (audio === undefined) return missing(path);
  if (!isRecord(audio)) return wrongType(path, "an object", audio);
  const refusal = needString(audio, "data", path) ?? needString(audio, "format", path);
  if (refusal) return refusal;
  const format = audio["format"];
  return format === "wav" || format === "mp3" ? undefined : wrongValue(`${path}.format`, format, ["wav", "mp3"]);
}

function checkFile(file: unknown, path: string): Refusal | undefined {
  if (file === undefined) return missing(path);
  if (!isRecord(file)) return wrongType(path, "an object", file);
  if (typeof file["file_id"] === "string" || typeof file["file_data"] === "string") return undefined;
  return missing(`${path}.file_id`);
}

function checkRefusalParts(parts: readonly unknown[], path: string): Refusal | undefined {
  const refusals = parts.filter((part) => isRecord(part) && part["type"] === "refusal").length;
  if (refusals === 0 || parts.length === 1) return undefined;
  const message = `Invalid '${path}': an assistant message holds either parts of type 'text' or exactly one part of type 'refusal'.`;
  return badRequest(message, path, "invalid_value");
}
