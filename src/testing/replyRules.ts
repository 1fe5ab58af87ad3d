import { InputError } from "../errors.ts";
import {
  aBoolean,
  aCount,
  aFunction,
  anObject,
  anything,
  aString,
  checkOptions,
  oneOf,
  strings,
  wrong,
} from "../options.ts";
import type { Rule, Rules } from "../options.ts";
import { fieldOf } from "../wire/read.ts";

const PACE: Rules = { firstToken: aCount, perToken: aCount };

/** Checks a pace: `"instant"` or an object of times. */
export function aPace(value: unknown, at: string): void {
  if (typeof value === "string") oneOf("instant")(value, at);
  else if (typeof value !== "object") throw wrong(at, '"instant" or an object', value);
  else checkOptions(value, PACE, at);
}

/**
 * Checks a scripted reply when it is queued. Otherwise a misspelt field would silently give the default answer.
 *
 * @param at the reply's name in an error
 * @throws InputError that names the field
 */
export function checkReply(reply: unknown, at: string): void {
  if (reply === undefined || typeof reply === "string" || typeof reply === "function") return;
  if (typeof reply !== "object" || reply === null || Array.isArray(reply))
    throw wrong(at, "a text, an object or a function", reply);
  checkOptions(reply, REPLY, at);
}

const CALL: Rules = { name: aString, arguments: anything, id: aString };

function aCall(value: unknown, at: string): void {
  checkOptions(value ?? null, CALL, at);
  aString(fieldOf(value, "name"), `${at}.name`);
}

function listOf(rule: Rule): Rule {
  return (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, "a list", value);
    for (const [index, item] of value.entries()) rule(item, `${at}[${index}]`);
  };
}

/** Throws unless a value is the status of an answer. */
export function aStatus(value: unknown, at: string): void {
  if (typeof value !== "number") throw wrong(at, "a status from 200 to 599", value);
  if (!(Number.isInteger(value) && value >= 200 && value <= 599))
    throw new InputError(at, "a status from 200 to 599", String(value));
}

function aFault(value: unknown, at: string): void {
  if (Array.isArray(value)) listOf(aFunction)(value, at);
  else if (typeof value !== "function") throw wrong(at, "a fault, such as faults.cut(), or a list of them", value);
}

/** The fields of all kinds of replies. */
const REPLY: Rules = {
  text: [aString, "content message answer"],
  refusal: aString,
  reasoning: aString,
  toolCalls: [listOf(aCall), "calls"],
  functionCall: aCall,
  status: aStatus,
  error: anything,
  body: anything,
  chunks: listOf(anObject),
  done: aBoolean,
  events: strings,
  finishReason: anything,
  usage: anything,
  headers: anObject,
  pace: aPace,
  fault: aFault,
  reply: checkReply,
};
