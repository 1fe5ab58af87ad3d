import { badRequest, type Refusal } from "./apiErrors.ts";
import { jsonDraft } from "./drafts.ts";
import { makeHexId } from "./ids.ts";
import type { Call, Route } from "./route.ts";
import type { Draft } from "./types.ts";
import type { Fields } from "../wire/read.ts";

/** An object that a mock API keeps. */
export interface Kept extends Fields {
  readonly id: string;
}

/** The objects of one mock API, by their kind and id. */
export class Objects {
  readonly #kinds: Map<string, Map<string, Kept>> = new Map();
  #count = 0;

  /** Returns the objects of a kind, the newest last. */
  of(kind: string): Map<string, Kept> {
    const objects = this.#kinds.get(kind) ?? new Map<string, Kept>();
    this.#kinds.set(kind, objects);
    return objects;
  }

  /** Stores an object under its id, in place of the one before. */
  set<T extends Kept>(kind: string, object: T): T {
    this.of(kind).set(object.id, object);
    return object;
  }

  /** Returns an id that no object has. */
  newId(prefix: string): string {
    return makeHexId(prefix, 32, ++this.#count);
  }

  /** Deletes all objects. */
  clear(): void {
    this.#kinds.clear();
    this.#count = 0;
  }
}

/** A kind of object that a path names by a param. */
export interface Named {
  /** The param with the object's id. */
  readonly param: string;
  /** Its name in the refusal. */
  readonly noun: string;
  /** Its kind in the store. Objects inside another one have a kind of their own there. */
  readonly kind: (params: Call["params"]) => string;
}

/**
 * Creates a route for an object that the mock API keeps, below the objects that its path names.
 *
 * @param named the objects of the path; if one is missing, the answer is 404
 * @param answer returns the body of the answer to a request for the last one
 */
export function keptRoute(
  method: string,
  path: string,
  named: readonly Named[],
  answer: (object: Kept, call: Call) => Fields | Refusal,
  check?: Route["check"],
): Route {
  return {
    method,
    path,
    ...(check && { check }),
    answer: (call) => {
      let object: Kept | undefined;
      for (const { param, noun, kind } of named) {
        const id = call.params[param] ?? "";
        object = call.settings.objects.of(kind(call.params)).get(id);
        if (!object) return badRequest(`${noun} with id '${id}' not found.`, null, null, 404);
      }
      return object ? answerOf(answer(object, call)) : answerOf({});
    },
  };
}

/** Returns a body as a response, or a refusal as it is. */
export function answerOf(body: Fields | Refusal): Draft | Refusal {
  return isRefusal(body) ? body : jsonDraft(body);
}

function isRefusal(body: Fields | Refusal): body is Refusal {
  return typeof body["status"] === "number" && "error" in body;
}

/** Returns the time of a mock API in seconds. */
export function secondsOf({ settings }: Call): number {
  return Math.floor(settings.now() / 1000);
}
