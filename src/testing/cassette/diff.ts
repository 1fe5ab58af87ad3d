import { isRecord } from "../contentRules.ts";

/** One difference between a request and its recording. */
export interface Difference {
  /** The path of the value: `method`, `url`, `body.messages[1].content`, … */
  readonly path: string;
  /** The recorded value; `undefined` if there is none. */
  readonly expected: unknown;
  /** The sent value; `undefined` if there is none. */
  readonly actual: unknown;
}

/** Returns the differences of two JSON values. The order of object fields does not count. */
export function diffValues(expected: unknown, actual: unknown, path: string): Difference[] {
  if (Object.is(expected, actual)) return [];
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, index) => diffValues(expected[index], actual[index], `${path}[${index}]`)).flat();
  }
  if (isRecord(expected) && isRecord(actual)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return names.flatMap((name) => diffValues(expected[name], actual[name], path === "" ? name : `${path}.${name}`));
  }
  return [{ path, expected, actual }];
}

/** Formats differences as lines, at most `limit` of them. */
export function describeDifferences(differences: readonly Difference[], limit = 20): string {
  const lines = differences.slice(0, limit).map(({ path, expected, actual }) => {
    const [left, right] = windowed(expected, actual);
    return `  ${path}\n    expected ${left}\n    actual   ${right}`;
  });
  const rest = differences.length - lines.length;
  return [...lines, ...(rest > 0 ? [`  … and ${rest} more`] : [])].join("\n");
}

const WIDTH = 100;

/** Shortens both values to the text around their first difference. */
function windowed(expected: unknown, actual: unknown): [string, string] {
  const [left, right] = [show(expected), show(actual)];
  let common = 0;
  while (common < left.length && left[common] === right[common]) common += 1;
  const start = common > WIDTH / 2 && Math.max(left.length, right.length) > WIDTH ? common - 20 : 0;
  const part = (text: string): string => {
    const end = text.length > start + WIDTH ? "…" : "";
    return `${start > 0 ? "…" : ""}${text.slice(start, start + WIDTH)}${end}`;
  };
  return [part(left), part(right)];
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
