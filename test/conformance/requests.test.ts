import { afterAll, expect, it } from "vitest";
import * as core from "../../src/index.ts";
import * as media from "../../src/media/index.ts";
import * as responses from "../../src/responses/index.ts";
import * as testing from "../../src/testing/index.ts";
import * as stores from "../../src/vector-stores/index.ts";
import * as webhooks from "../../src/webhooks/index.ts";
import { requestFaults } from "../support/openapi.ts";
import type { Exchange } from "../support/script.ts";
import { startFaultServer } from "../support/server.ts";
import type { Result } from "./case.ts";
import { cases } from "./index.ts";
import { runPatiently, runsOf } from "./run.ts";

const fetchat = { ...core, ...media, ...responses, ...stores, ...webhooks };
const AT_ONCE = 12;
const server = await startFaultServer();

afterAll(() => server.close());

it("every request that the conformance suite sends is what OpenAI's description of its API allows", async () => {
  const world = { fetchat, testing, server: server.url, onUnhandled: () => () => undefined };
  const runs = runsOf(cases.filter(({ hostile }) => hostile !== true)).filter(({ pieces }) => pieces === "whole");
  const results: Result[] = [];
  const work = async (): Promise<void> => {
    for (let run = runs.shift(); run; run = runs.shift()) {
      const result = await runPatiently(run, world);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  const faults: string[] = [];
  let checked = 0;
  for (let id = 1; ; id++) {
    const log = await fetch(`${server.url}/s/${id}/log`);
    if (log.status === 404) break;
    for (const exchange of ((await log.json()) as { exchanges: Exchange[] }).exchanges) {
      const found = requestFaults({ ...exchange, path: exchange.path.split("?")[0]! });
      if (found) checked++;
      faults.push(...(found ?? []));
    }
  }
  expect(faults).toEqual([]);
  expect(checked).toBeGreaterThan(50);
}, 90_000);
