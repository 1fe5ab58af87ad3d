import { endings } from "../../test/conformance/scenarios/endings.ts";
import { framing } from "../../test/conformance/scenarios/framing.ts";
import { scenarios, type Scenario } from "../../test/conformance/scenarios/index.ts";
import { providers } from "../../test/conformance/scenarios/providers.ts";
import { isFailure } from "./judge.ts";

/** Scenarios of one kind, by their position in the list of all. */
export interface Group {
  readonly name: string;
  readonly indices: readonly number[];
}

/** Returns every scenario once, in groups. */
export function scenarioGroups(): Group[] {
  const stalls = ({ ending }: Scenario): boolean => ending === "stalled";
  const open = ({ name, ending }: Scenario): boolean =>
    ending === "complete" && /stays open|endless keep-alives/.test(name);
  const kinds: [string, readonly Scenario[], (scenario: Scenario) => boolean][] = [
    ["the same answer in another format", framing, () => true],
    ["good endings", endings, (one) => !isFailure(one) && !open(one)],
    ["the socket stays open after the answer", endings, open],
    ["cut off", endings, (one) => one.ending === "truncated"],
    ["an error instead of the rest", endings, (one) => one.ending === "provider_error"],
    ["silence", endings, stalls],
    ["differences between services", providers, () => true],
  ];
  return kinds.map(([name, list, fits]) => ({ name, indices: list.filter(fits).map((one) => scenarios.indexOf(one)) }));
}
