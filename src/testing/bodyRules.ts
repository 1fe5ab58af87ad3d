import { type Fields, fieldsOf } from "../wire/read.ts";
import { type Refusal } from "./apiErrors.ts";
import { type FieldRules, findFieldFault } from "./fieldRules.ts";
import { PROVIDERS } from "./providers.ts";
import { findShutDown, findUnrecognized, unparsable } from "./requestRules.ts";
import type { Settings } from "./route.ts";
import type { RecordedRequest } from "./types.ts";

/** What an endpoint checks. */
export interface BodyRules {
  readonly fields: FieldRules;
  /** Whether the body is a form, whose numbers and booleans are texts. */
  readonly isForm?: boolean;
  /** Whether the refusal of unknown fields is worded as by the API's older endpoints. */
  readonly isOld?: boolean;
  /** What OpenAI's models refuse, and other services let pass. */
  readonly model?: (body: Fields) => Refusal | undefined;
}

/** Returns the API's refusal of a request's body: `undefined` if it would accept it. */
export function findBodyFault({ body }: RecordedRequest, settings: Settings, rules: BodyRules): Refusal | undefined {
  const fields = fieldsOf(body);
  if (fields === undefined) return unparsable();
  const isOpen = PROVIDERS[settings.provider].isOpenAI !== true;
  return (
    (rules.isOld && !isOpen ? findUnrecognized(fields, rules.fields) : undefined) ??
    findFieldFault(fields, rules.fields, { isOpen, isForm: rules.isForm }) ??
    findShutDown(fields["model"], settings) ??
    (isOpen ? undefined : rules.model?.(fields))
  );
}
