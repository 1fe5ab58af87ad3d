import type { Draft, Pace, Piece } from "./types.ts";

/** A pace in whole numbers of ms. */
export interface Beat {
  readonly firstToken: number;
  readonly perToken: number;
}

const DEFAULT_BEAT: Beat = { firstToken: 150, perToken: 20 };

/** A pace with its defaults. */
export function resolvePace(pace: Pace | "instant"): Beat {
  if (pace === "instant") return { firstToken: 0, perToken: 0 };
  return { firstToken: pace.firstToken ?? DEFAULT_BEAT.firstToken, perToken: pace.perToken ?? DEFAULT_BEAT.perToken };
}

/** The pace of one answer: the test's for it, or the mock API's. */
export function paceOf(
  reply: { readonly pace?: Pace | "instant" | undefined },
  settings: { readonly pace: Pace | "instant" },
): Beat {
  return resolvePace(reply.pace ?? settings.pace);
}

/** A body that was written out, at a pace: every piece but the first waits for its turn. */
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
