import type { Draft, Pace, Piece } from "./types.ts";

/** A pace with all values, in ms. */
export interface Beat {
  readonly firstToken: number;
  readonly perToken: number;
}

const DEFAULT_BEAT: Beat = { firstToken: 150, perToken: 20 };

/** Fills in the defaults of a pace. */
export function resolvePace(pace: Pace | "instant"): Beat {
  if (pace === "instant") return { firstToken: 0, perToken: 0 };
  return { firstToken: pace.firstToken ?? DEFAULT_BEAT.firstToken, perToken: pace.perToken ?? DEFAULT_BEAT.perToken };
}

/** Returns the pace of one answer: the reply's own, or the mock API's. */
export function paceOf(
  reply: { readonly pace?: Pace | "instant" | undefined },
  settings: { readonly pace: Pace | "instant" },
): Beat {
  return resolvePace(reply.pace ?? settings.pace);
}

/** Applies a pace to a scripted body: every piece but the first waits. */
export function paced(draft: Draft, beat: Beat): Draft {
  if (beat.firstToken === 0 && beat.perToken === 0) return draft;
  return { ...draft, before: beat.firstToken, pieces: spread(draft.pieces, beat.perToken) };
}

function* spread(pieces: Iterable<Piece>, wait: number): Generator<Piece> {
  let isFirst = true;
  for (const item of pieces) {
    yield item.kind === "bytes" && !isFirst ? { ...item, wait } : item;
    isFirst = false;
  }
}
