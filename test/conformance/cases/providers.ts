import type { ConformanceCase } from "../case.ts";
import { equal, match, ok, rejects } from "../expect.ts";
import { completion, HELLO } from "../wire.ts";

export const providers: ConformanceCase[] = [
  {
    name: "an endpoint that a provider lacks is an InputError that names it, before any request",
    async run(context) {
      const script = await context.script();
      const provider = {
        name: "Small",
        baseURL: script.baseURL,
        model: "small-1",
        variables: {},
        lacks: ["embeddings", "files", "audio", "responses"],
        cors: "any",
      } as const;
      const client = context.fetchat.createClient({ provider, apiKey: "sk-test" });
      const calls = [
        () => client.embedding("red"),
        () => context.fetchat.files(client),
        () => context.fetchat.uploadFile(client, new Blob(["x"]), { purpose: "batch" }),
        () => context.fetchat.speech(client, "Hello"),
        () => context.fetchat.transcription(client, new File(["x"], "a.mp3")),
        () => context.fetchat.createResponse(client, "Hello"),
        () => context.fetchat.streamResponse(client, "Hello"),
        () => context.fetchat.response(client, "resp_1"),
      ];
      for (const call of calls) {
        const error = await rejects(call(), { name: "InputError", message: /Small/ });
        ok(context.fetchat.isInputError(error), "an InputError");
      }
      equal(await script.exchanges(), [], "requests");
    },
  },
  {
    name: "a provider's requests have its model, key header, headers, query and paths",
    async run(context) {
      const script = await context.script(completion("Hi"));
      const provider = {
        name: "Other",
        baseURL: `${script.baseURL}/deployments`,
        model: "house-1",
        variables: {},
        keyHeader: "api-key",
        headers: { "x-house": "yes" },
        query: { "api-version": "1" },
        path: (path: string, model: string) => `/${model}${path}`,
        cors: "any",
      } as const;
      await context.fetchat.createClient({ provider, apiKey: "sk-test" }).chat(HELLO);
      const [request] = await script.exchanges();
      match(request, {
        path: "/v1/deployments/house-1/chat/completions?api-version=1",
        headers: { "api-key": "sk-test", "x-house": "yes" },
        body: { model: "house-1" },
      });
      equal(request?.headers["authorization"], undefined);
    },
  },
  {
    name: "requests leave out the history fields that a provider refuses, and keep the others",
    async run(context) {
      const script = await context.script(completion("Hi"));
      const provider = {
        name: "Strict",
        baseURL: script.baseURL,
        model: "strict-1",
        variables: {},
        takes: ["reasoning"],
        cors: "any",
      } as const;
      const said = { role: "assistant" as const, content: "Yes", reasoning: "kept", reasoning_content: "refused" };
      await context.fetchat.createClient({ provider, apiKey: "sk-test" }).chat([...HELLO, said, ...HELLO]);
      const [request] = await script.exchanges();
      equal((request?.body as { messages: unknown }).messages, [
        ...HELLO,
        { role: "assistant", content: "Yes", reasoning: "kept" },
        ...HELLO,
      ]);
    },
  },
];
