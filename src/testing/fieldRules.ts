import { missing, type Refusal, wrongType, wrongValue } from "./apiErrors.ts";
import { isRecord } from "./contentRules.ts";
import { unparsable } from "./requestRules.ts";
import type { RecordedRequest } from "./types.ts";

/** What a request's fields must be: a type, or a list of the values that are allowed. `!` after a type: it must be there. */
export type FieldRules = Readonly<
  Record<string, "string" | "string!" | "any!" | "file!" | "number" | "boolean" | readonly string[]>
>;

/** What the API holds against a body's fields: `undefined` if nothing. A form's numbers and booleans are texts. */
export function findFieldFault({ body }: RecordedRequest, rules: FieldRules): Refusal | undefined {
  if (!isRecord(body)) return unparsable();
  for (const [name, rule] of Object.entries(rules)) {
    const value = body[name];
    const kind = typeof rule === "string" ? rule.replace("!", "") : rule;
    if (value === undefined || value === null || value === "") {
      if (kind !== rule) return missing(name);
    } else if (typeof kind !== "string") {
      if (!kind.includes(value as string)) return wrongValue(name, value, kind);
    } else if (!fits(value, kind)) return wrongType(name, `a ${kind}`, value);
  }
  return undefined;
}

function fits(value: unknown, kind: string): boolean {
  if (kind === "any") return true;
  if (kind === "number") return Number.isFinite(Number(value));
  if (kind === "boolean") return ["true", "false"].includes(String(value));
  if (kind === "file") return [value].flat().every((one) => isRecord(one) && "sha256" in one);
  return typeof value === kind;
}
