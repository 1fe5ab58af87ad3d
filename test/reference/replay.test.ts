import { beforeAll, describe, expect, it } from "vitest";
import { compare } from "./compare.ts";
import type { Difference } from "./compare.ts";
import { DIFFERENCES } from "./differences.ts";
import { Player } from "./play.ts";
import { readRecordings } from "./recording.ts";
import type { Recording } from "./recording.ts";

interface Found {
  readonly place: string;
  readonly difference: Difference;
  readonly name: string | undefined;
}

const recordings = readRecordings();
const found: Found[] = [];

/** Plays a recording and says of each difference which of the listed ones it is. */
async function play(recording: Recording): Promise<Found[]> {
  const player = new Player(recording);
  const differences: Found[] = [];
  for (const [at, call] of recording.calls.entries()) {
    const all = compare(call, await player.play(call));
    const place = `${recording.scenario} (${recording.versions.join(", ")}) call ${at + 1}`;
    for (const difference of all) {
      differences.push({
        place,
        difference,
        name: DIFFERENCES.find((one) => one.covers(difference, { call, all }))?.name,
      });
    }
  }
  return differences;
}

beforeAll(async () => {
  for (const recording of recordings) found.push(...(await play(recording)));
});

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

  it("covers these places and no others", async () => {
    const places = DIFFERENCES.map(({ name, why }) => {
      const lines = found
        .filter((one) => one.name === name)
        .map(({ place, difference }) => `  ${place}: ${difference.at}`);
      return `${name}: ${why}\n${[...new Set(lines)].join("\n")}\n`;
    });
    await expect(places.join("\n")).toMatchFileSnapshot("places.txt");
  });
});
