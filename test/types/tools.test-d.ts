/* eslint @typescript-eslint/no-unused-vars: off, @typescript-eslint/no-unused-expressions: off, @typescript-eslint/no-unsafe-return: off, @typescript-eslint/no-unsafe-call: off -- values stand here for their types */
// Checked by tsc alone: what is marked must not compile, and everything else must.
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import type {
  CallOutcome,
  ChatCompletion,
  ChatStream,
  ContentPart,
  DeepPartial,
  FromSchema,
  JSONSchema,
  OpenAI,
  Outcome,
  OutputFormat,
  ToolCall,
  ToolError,
  TurnEvent,
} from "../../src/index.ts";
import { outputFormat, sendFor, tool, strict } from "../../src/index.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(holds: Same<A, B>): void;
/** An intersection as one object, so that it can be compared. */
type Flat<T> = T extends readonly (infer Item)[]
  ? Flat<Item>[]
  : T extends object
    ? { [Name in keyof T]: Flat<T[Name]> }
    : T;

declare const client: OpenAI;
declare const completion: ChatCompletion;
declare const stream: ChatStream;

// Arguments: what a schema gives, defaults and transforms included.
tool({
  name: "t",
  parameters: z.object({ city: z.string(), days: z.number().default(3), tags: z.array(z.string()).optional() }),
  execute: (args) => {
    same<typeof args, { city: string; days: number; tags?: string[] | undefined }>(true);
  },
});
tool({
  name: "t",
  parameters: z.object({ when: z.string().transform((text) => new Date(text)) }),
  execute: ({ when }) => same<typeof when, Date>(true),
});
tool({
  name: "t",
  parameters: toStandardJsonSchema(
    v.object({ city: v.string(), days: v.optional(v.number(), 3), unit: v.picklist(["C", "F"]) }),
  ),
  execute: (args) => {
    same<typeof args, { city: string; days: number; unit: "C" | "F" }>(true);
  },
});
tool({
  name: "t",
  parameters: strict(type({ city: "string", "days?": "number.integer", unit: "'C' | 'F'" })),
  execute: (args) => {
    same<Flat<typeof args>, { city: string; days?: number; unit: "C" | "F" }>(true);
  },
});

// A plain JSON Schema, written in place: literals and all.
tool({
  name: "t",
  parameters: {
    type: "object",
    properties: {
      city: { type: "string", description: "A city" },
      days: { type: "integer" },
      unit: { type: "string", enum: ["C", "F"] },
      kind: { const: "x" },
      place: {
        type: "object",
        properties: { lat: { type: "number" }, name: { type: ["string", "null"] } },
        required: ["lat"],
      },
      tags: { type: "array", items: { type: "string" } },
      either: { anyOf: [{ type: "boolean" }, { type: "number" }] },
      open: { type: "object" },
      any: { $ref: "#/$defs/any" },
    },
    required: ["city", "unit", "kind", "place", "tags", "either", "open", "any"],
  },
  execute: (args, { toolCallId, signal }) => {
    same<
      Flat<typeof args>,
      {
        city: string;
        unit: "C" | "F";
        kind: "x";
        place: { lat: number; name?: string | null };
        tags: string[];
        either: boolean | number;
        open: Record<string, unknown>;
        any: unknown;
        days?: number;
      }
    >(true);
    same<[typeof toolCallId, typeof signal], [string, AbortSignal]>(true);
  },
});
const declared = { type: "object", properties: { n: { type: "number" } }, required: ["n"] } as const;
tool({
  name: "t",
  parameters: strict(declared),
  timeout: 5,
  execute: async ({ n }) => same<typeof n, number>(true),
});
same<Flat<FromSchema<typeof declared>>, { n: number }>(true);
// Without `as const` the names are known, and nothing else.
const wide = { type: "object", properties: { n: { type: "number" } } };
tool({ name: "t", parameters: wide, execute: ({ n }) => same<typeof n, unknown>(true) });
declare const unknownSchema: JSONSchema;
tool({ name: "t", parameters: unknownSchema, execute: (args) => same<typeof args, Record<string, unknown>>(true) });
tool({ name: "t", execute: (args) => same<typeof args, Record<string, unknown>>(true) });
// What a schema does not say may be said.
tool<{ n: number }>({ name: "t", parameters: unknownSchema, execute: ({ n }) => same<typeof n, number>(true) });
tool<{ n: number }>({ name: "t", execute: ({ n }) => same<typeof n, number>(true) });

// Misuse.
// @ts-expect-error a bare valibot schema carries no JSON Schema: toStandardJsonSchema(schema)
tool({ name: "t", parameters: v.object({ n: v.number() }), execute: () => 1 });
// @ts-expect-error a bare valibot schema carries no JSON Schema: toStandardJsonSchema(schema)
outputFormat("t", v.object({ n: v.number() }));
// @ts-expect-error there is no such argument
tool({ name: "t", parameters: declared, execute: ({ m }) => m });
// @ts-expect-error the argument is a number
tool({ name: "t", parameters: declared, execute: ({ n }) => n.toUpperCase() });
tool({
  name: "t",
  parameters: { type: "object", properties: { n: { type: "number" } } },
  // @ts-expect-error the argument may be left out
  execute: ({ n }) => n.toFixed(),
});
// @ts-expect-error arguments of another type
tool({ name: "t", parameters: z.object({ n: z.number() }), execute: ({ n }: { n: string }) => n });
// @ts-expect-error arguments of another type
tool({ name: "t", parameters: strict(declared), execute: ({ n }: { n: string }) => n });
// @ts-expect-error arguments that the schema does not have
tool<{ n: number }>({ name: "t", parameters: z.object({ m: z.string() }), execute: ({ n }) => n });
// @ts-expect-error strict is a function over the schema
tool({ name: "t", strict: true, execute: () => 1 });
// @ts-expect-error a timeout is a number of milliseconds
tool({ name: "t", timeout: "5 s", execute: () => 1 });
// @ts-expect-error there is no such option
tool({ name: "t", parameter: declared, execute: () => 1 });
// @ts-expect-error a name is needed
tool({ execute: () => 1 });

// Results as events tell them.
declare const event: TurnEvent;
if (event.type === "tool_call") same<typeof event.call, ToolCall>(true);
if (event.type === "tool_result") {
  same<typeof event.outcome, CallOutcome>(true);
  same<[typeof event.outcome.content, typeof event.outcome.error], [string | ContentPart[], ToolError | undefined]>(
    true,
  );
}
// @ts-expect-error a call's arguments are known with its result's event, and not before its name
if (event.type === "text") event.outcome;

// Structured results.
const inZod = outputFormat("city", z.object({ name: z.string(), people: z.number().optional() }));
const inValibot = outputFormat("city", strict(toStandardJsonSchema(v.object({ name: v.string() }))));
const inArk = outputFormat("city", type({ name: "string" }));
const inPlain = outputFormat("city", {
  type: "object",
  properties: { name: { type: "string" }, size: { enum: ["big", "small"] } },
  required: ["name"],
});
const given = outputFormat<{ name: string }>("city", unknownSchema);
same<typeof inZod, OutputFormat<{ name: string; people?: number | undefined }>>(true);
same<typeof inValibot, OutputFormat<{ name: string }>>(true);
same<typeof inArk, OutputFormat<{ name: string }>>(true);
same<typeof given, OutputFormat<{ name: string }>>(true);

async function read(): Promise<void> {
  const outcome = await inPlain.parse(completion);
  if (outcome.kind === "value") same<Flat<typeof outcome.value>, { name: string; size?: "big" | "small" }>(true);
  if (outcome.kind === "refusal") same<typeof outcome.refusal, string>(true);
  if (outcome.kind === "cut") same<typeof outcome.ending, "length" | "content_filter">(true);
  if (outcome.kind === "invalid") same<[typeof outcome.value, typeof outcome.error.path], [unknown, string]>(true);
  // @ts-expect-error there is no value before it is known that there is one
  outcome.value;
  for await (const partial of inZod.partials(stream))
    same<typeof partial, DeepPartial<{ name: string; people?: number | undefined }>>(true);
  const said = await sendFor(client.newChatSession(), "Oslo?", inZod, {}, { repair: true });
  same<typeof said, Outcome<{ name: string; people?: number | undefined }>>(true);
}
void read;
same<DeepPartial<{ a: string; list: { b: number }[] }>, { a?: string; list?: { b?: number }[] }>(true);
// @ts-expect-error options come third
outputFormat("city", { type: "object" }, "strict");
