import { TypedFold } from "./typedFold.ts";

/** One event of an endpoint that this package does not know closer. */
export interface ApiEvent {
  /** The event's JSON. */
  readonly raw: Record<string, unknown>;
}

/**
 * Gathers events as they are. The answer may be over after each: at `[DONE]`, at a `….completed` or `….done` event, or at the end of the
 * body.
 *
 * @param limit the most characters of collected events
 */
export function eventFold(limit: number): TypedFold<ApiEvent, ApiEvent[]> {
  return new TypedFold<ApiEvent, ApiEvent[]>(
    {
      chunk: (raw) => ({ raw }),
      whole: (answer) => [answer],
      result: (events) => events.map((raw) => ({ raw })),
    },
    limit,
  );
}
