import { expect, it } from "vitest";
import { batches } from "../../src/batches/index.ts";
import { createClient } from "../../src/index.ts";
import { imageEdit, uploadFile } from "../../src/media/index.ts";

const client = (answer: (at: number) => object) => {
  const asked: Request[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    asked.push(new Request(url, init));
    return Response.json(answer(asked.length));
  };
  return { asked, client: createClient({ apiKey: "sk-test", baseURL: "https://up.test/v1", fetch }) };
};

it.each([
  ["has_more as a text", (at: number) => ({ data: [{ id: `b${at}` }], has_more: "false" }), 1],
  ["pages without items", (at: number) => ({ data: [], has_more: true, last_id: `b${at}` }), 0],
])("a loop over a list ends in spite of %s", async (_, answer, items) => {
  const { client: connection, asked } = client(answer);
  const found: unknown[] = [];
  for await (const one of await batches(connection)) if (found.push(one) > 5) break;
  expect([found.length, asked.length]).toEqual([items, 1]);
});

const stream = (): ReadableStream<Uint8Array> => new Blob(["x"]).stream();
const twice = stream();
const locked = stream();
locked.getReader();

it.each<[string, unknown]>([
  ["the same stream twice", [twice, twice]],
  ["a list with a hole", Object.assign([new Blob(["x"])], { length: 2 })],
  ["an object whose stream() is locked", { stream: () => locked }],
])("%s is an InputError, and nothing is sent", async (_, image) => {
  const { client: connection, asked } = client(() => ({}));
  const call = imageEdit(connection, image as Blob, { prompt: "x" });
  await expect(call).rejects.toMatchObject({ name: "InputError" });
  expect(asked).toEqual([]);
});

it.each([
  [new File(["x"], "folder/"), undefined, "file"],
  [new File(["x"], "a\n../b.txt"), undefined, "b.txt"],
  [new Blob(["x"], { type: "text/plain" }), "", "file.txt"],
])("a file never has an empty name or a path: %o", async (file, filename, name) => {
  const { client: connection, asked } = client(() => ({ id: "file-1" }));
  await uploadFile(connection, file, { purpose: "user_data" }, { filename });
  const sent = (await asked[0]?.formData())?.get("file");
  expect(sent instanceof File && sent.name).toBe(name);
});
