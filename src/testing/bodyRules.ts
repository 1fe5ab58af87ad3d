import { type Fields, fieldsOf } from "../wire/read.ts";
import { type Refusal } from "./apiErrors.ts";
import { type FieldRules, findFieldFault } from "./fieldRules.ts";
import { PROVIDERS } from "./providers.ts";
import { findShutDown, findUnrecognized, unparsable } from "./requestRules.ts";
import type { Settings } from "./route.ts";
import type { RecordedRequest } from "./types.ts";

/** The checks of one endpoint. */
export interface BodyRules {
  readonly fields: FieldRules;
  /** Marks a form body, whose numbers and booleans are strings. */
  readonly isForm?: boolean;
  /** Words the refusal of unknown fields as the API's older endpoints do. */
  readonly isLegacy?: boolean;
  /** Returns the refusal of a field that OpenAI's models do not accept. Other services ignore it. */
  readonly model?: (body: Fields) => Refusal | undefined;
}

/** Returns the API's refusal of a request's body, or `undefined` if the API would accept it. */
export function findBodyFault({ body }: RecordedRequest, settings: Settings, rules: BodyRules): Refusal | undefined {
  const fields = fieldsOf(body);
  if (fields === undefined) return unparsable();
  const isOpen = PROVIDERS[settings.provider].isOpenAI !== true;
  return (
    (rules.isLegacy && !isOpen ? findUnrecognized(fields, rules.fields) : undefined) ??
    findFieldFault(fields, rules.fields, { isOpen, isForm: rules.isForm }) ??
    findShutDown(fields["model"], settings) ??
    (isOpen ? undefined : rules.model?.(fields))
  );
}
