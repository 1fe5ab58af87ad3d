import type { ConformanceCase } from "../case.ts";
import { all, equal, match, rejects } from "../expect.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY = '{"test": 2432232314}';

/** A webhook as the Standard Webhooks specification's libraries test it, from 2021. */
function webhook(changed: Readonly<Record<string, string>> = {}, body = BODY): Request {
  const headers = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ...changed,
  };
  return new Request("https://example.com/", { method: "POST", headers, body });
}

export const stored: ConformanceCase[] = [
  {
    name: "a conversation keeps what is said in it",
    async run({ talk, fetchat }) {
      const { client } = await talk();
      const { id } = await fetchat.createConversation(client, { metadata: { user: "42" } });
      await fetchat.createResponse(client, "Hello", { conversation: id });
      const items = await all(await fetchat.conversationItems(client, id, { order: "asc", limit: 1 }));
      equal(
        items.map((item) => ("role" in item ? item.role : item.type)),
        ["user", "assistant"],
      );
      match(await fetchat.deleteConversation(client, id), { id, deleted: true });
      await rejects(fetchat.conversation(client, id), { name: "APIError", status: 404 });
    },
  },
  {
    name: "a vector store finds the file that a question is about",
    async run({ talk, fetchat }) {
      const { client } = await talk();
      const rhine = new File(["The Rhine is 1,230 km long."], "rhine.txt");
      const file = await fetchat.uploadFile(client, rhine, { purpose: "assistants" });
      const store = await fetchat.createVectorStore(client, { name: "Rivers" });
      await fetchat.addVectorStoreFile(client, store.id, file.id, { attributes: { year: 2026 } });
      const found = await fetchat.searchVectorStore(client, store.id, "How long is the Rhine?");
      match(found.data[0], { file_id: file.id, filename: "rhine.txt", attributes: { year: 2026 } });
    },
  },
  {
    name: "a webhook is verified by its bytes, and a forged one is refused",
    hostile: true,
    async run({ fetchat }) {
      const options = { tolerance: Infinity };
      const { id, body } = await fetchat.verifyWebhook(webhook(), ["whsec_AAAA", SECRET], options);
      equal([id, body], ["msg_p5jXN8AQM9LWM0D4loKWxJek", BODY]);
      const forged = { name: "WebhookError", reason: "invalid_signature", status: 400 };
      await rejects(fetchat.verifyWebhook(webhook({}, `${BODY} `), SECRET, options), forged);
      await rejects(fetchat.verifyWebhook(webhook({ "webhook-id": "msg_1" }), SECRET, options), forged);
      await rejects(fetchat.verifyWebhook(webhook(), SECRET), { name: "WebhookError", reason: "too_old" });
    },
  },
];
