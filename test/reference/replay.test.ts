import { beforeAll, describe, expect, it } from "vitest";
import { compare } from "./compare.ts";
import type { Difference } from "./compare.ts";
import { DIFFERENCES } from "./differences.ts";
import { Player } from "./play.ts";
import { readRecordings } from "./recording.ts";
import type { RecordedCall, Recording } from "./recording.ts";
import { finished } from "./wire.ts";

interface Found {
  readonly place: string;
  readonly call: RecordedCall;
  readonly difference: Difference;
  readonly name: string | undefined;
}

const recordings = readRecordings();
const found: Found[] = [];

const CUT = "a cut stream is no success";

/**
 * Plays a recording and says of each difference which of the listed ones it is.
 *
 * @param cut calls whose recorded streams get the finish reason that they lack; only these are told of
 */
async function play(recording: Recording, cut?: ReadonlySet<RecordedCall>): Promise<Found[]> {
  const player = new Player(recording);
  const differences: Found[] = [];
  let made: RecordedCall | undefined;
  for (const [at, call] of recording.calls.entries()) {
    if (call.as !== undefined || call.call?.startsWith("new_")) made = call;
    const isCut = cut?.has(call) === true;
    const all = compare(call, await player.play(isCut ? finished(call) : call));
    if (cut && !isCut) continue;
    const place = `${recording.scenario} (${recording.versions.join(", ")}) call ${at + 1}${isCut ? ", finished" : ""}`;
    const context = { call, made: call.on === "client" ? undefined : made, all };
    for (const difference of all)
      differences.push({
        place,
        call,
        difference,
        name: DIFFERENCES.find((one) => one.covers(difference, context))?.name,
      });
  }
  return differences;
}

beforeAll(async () => {
  for (const recording of recordings) {
    const first = await play(recording);
    const cut = new Set(first.filter(({ name }) => name === CUT).map(({ call }) => call));
    found.push(...first, ...(cut.size > 0 ? await play(recording, cut) : []));
  }
});

/** A value as the list of places has it. */
function written(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

describe("the reference's recorded traffic", () => {
  it("is all there", () => {
    expect(recordings.length).toBeGreaterThan(60);
    expect(new Set(recordings.flatMap(({ versions }) => versions))).toEqual(new Set(["head", "v1.4.3"]));
  });

  it.each(recordings.map((one) => [`${one.scenario} (${one.versions.join(", ")})`, one] as const))(
    "of %s goes out and comes back the same, but for what is listed",
    (name) => {
      const unlisted = found.filter((one) => one.name === undefined && one.place.startsWith(`${name} call `));
      expect(unlisted.map(({ place, difference }) => ({ place, ...difference }))).toEqual([]);
    },
  );
});

describe("the list of differences", () => {
  it("has a reason for each, and no two of one name", () => {
    expect(new Set(DIFFERENCES.map(({ name }) => name)).size).toBe(DIFFERENCES.length);
    expect(DIFFERENCES.filter(({ why }) => why.length < 20)).toEqual([]);
  });

  it.each(DIFFERENCES)("names what still occurs: $name", ({ name }) => {
    expect(found.filter((one) => one.name === name).length).toBeGreaterThan(0);
  });

  it("hides no outcome behind a recorded stream that was cut: with a finish reason each has the text that it had", () => {
    const ended = found.filter(({ name, difference }) => name === CUT && difference.at === "outcome");
    expect(ended.length).toBeGreaterThan(16);
    expect(found.filter(({ name, place }) => name === CUT && place.endsWith("finished"))).toEqual([]);
  });

  it("covers these places, with these values, and no others", async () => {
    const places = DIFFERENCES.map(({ name, why }) => {
      const lines = found
        .filter((one) => one.name === name)
        .map(
          ({ place, difference: { at, reference, ours } }) =>
            `  ${place}: ${at}\n    was ${written(reference)}\n    is  ${written(ours)}`,
        );
      return `${name}: ${why}\n${[...new Set(lines)].join("\n")}\n`;
    });
    await expect(places.join("\n")).toMatchFileSnapshot("places.txt");
  });
});
