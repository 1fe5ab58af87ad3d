import { fieldsOf, listOf } from "../../wire/read.ts";
import { findBodyFault } from "../bodyRules.ts";
import { pageOf } from "../drafts.ts";
import { answerOf, type Kept, keptRoute, type Named, secondsOf } from "../objects.ts";
import { appendItems, CONVERSATIONS, itemsOf } from "../responses/conversation.ts";
import { findItemsFault } from "../responses/rules.ts";
import { inputItems } from "../responses/answer.ts";
import type { Call, Route, Settings } from "../route.ts";
import { CONVERSATION_FIELDS, CONVERSATION_ITEMS, CONVERSATION_UPDATE } from "../storedFields.ts";
import type { RecordedRequest } from "../types.ts";
import type { Refusal } from "../apiErrors.ts";
import type { FieldRules } from "../fieldRules.ts";

const conversation: Named = { param: "id", noun: "Conversation", kind: () => CONVERSATIONS };
const item: Named = { param: "item", noun: "Item", kind: ({ id = "" }) => itemsOf(id) };
const PATH = "/conversations/:id";

const checked =
  (fields: FieldRules) =>
  (request: RecordedRequest, settings: Settings): Refusal | undefined =>
    findBodyFault(request, settings, { fields }) ?? findItemsFault(request.body, settings);

/** The endpoints of conversations and their items. */
export const conversations: readonly Route[] = [
  {
    method: "POST",
    path: "/conversations",
    check: checked(CONVERSATION_FIELDS),
    answer: (call) => {
      const { objects } = call.settings;
      const metadata = fieldsOf(call.request.body)?.["metadata"] ?? {};
      const made = { id: objects.newId("conv_"), object: "conversation", created_at: secondsOf(call), metadata };
      addItems(made.id, call);
      return answerOf(objects.set(CONVERSATIONS, made));
    },
  },
  keptRoute("GET", PATH, [conversation], (found) => found),
  keptRoute(
    "POST",
    PATH,
    [conversation],
    (found, { request, settings }) =>
      settings.objects.set(CONVERSATIONS, { ...found, metadata: fieldsOf(request.body)?.["metadata"] ?? null }),
    checked(CONVERSATION_UPDATE),
  ),
  keptRoute("DELETE", PATH, [conversation], ({ id }, { settings }) => {
    settings.objects.of(CONVERSATIONS).delete(id);
    return { id, object: "conversation.deleted", deleted: true };
  }),
  keptRoute("GET", `${PATH}/items`, [conversation], ({ id }, { request, settings }) =>
    pageOf([...settings.objects.of(itemsOf(id)).values()], request, "20"),
  ),
  keptRoute(
    "POST",
    `${PATH}/items`,
    [conversation],
    ({ id }, call) => {
      const data = addItems(id, call);
      return { object: "list", data, first_id: data[0]?.id, last_id: data.at(-1)?.id, has_more: false };
    },
    checked(CONVERSATION_ITEMS),
  ),
  keptRoute("GET", `${PATH}/items/:item`, [conversation, item], (found) => found),
  keptRoute("DELETE", `${PATH}/items/:item`, [conversation, item], ({ id }, { params, settings }) => {
    settings.objects.of(itemsOf(params["id"] ?? "")).delete(id);
    return settings.objects.of(CONVERSATIONS).get(params["id"] ?? "") ?? {};
  }),
];

function addItems(id: string, { request, settings }: Call): Kept[] {
  const items = inputItems({ input: listOf(request.body, "items") }, request.number);
  return appendItems(settings, id, items);
}
