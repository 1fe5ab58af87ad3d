import { fieldsOf, stringOf } from "../../wire/read.ts";
import { IMAGE_EDIT_FIELDS, IMAGE_EDIT_FORM, IMAGE_FIELDS } from "../apiFields.ts";
import { findBodyFault } from "../bodyRules.ts";
import { jsonDraft, streamDraft } from "../drafts.ts";
import { findImageFault } from "../models.ts";
import { paceOf } from "../pace.ts";
import { eventText, piece } from "../pieces.ts";
import type { Call, Route } from "../route.ts";
import { countTokens } from "../tokens.ts";
import type { Draft } from "../types.ts";

/** `POST /images/generations`, streamed and whole. Every image is the same pixel. */
export const generateImage: Route = {
  method: "POST",
  path: "/images/generations",
  check: (request, settings) => findBodyFault(request, settings, { fields: IMAGE_FIELDS, model: findImageFault }),
  answer: (call) => draw(call, "image_generation"),
};

/** `POST /images/edits`, streamed and whole. */
export const editImage: Route = {
  method: "POST",
  path: "/images/edits",
  check: (request, settings) =>
    findBodyFault(
      request,
      settings,
      request.headers["content-type"]?.startsWith("multipart/")
        ? { fields: IMAGE_EDIT_FORM, isForm: true, model: findImageFault }
        : { fields: IMAGE_EDIT_FIELDS, model: findImageFault },
    ),
  answer: (call) => draw(call, "image_edit"),
};

/** A PNG of one gray pixel. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

function draw({ request, reply, settings }: Call, kind: string): Draft {
  const body = fieldsOf(request.body) ?? {};
  const count = countOf(body["n"], 1);
  const created = Math.floor(settings.now() / 1000);
  const text_tokens = countTokens(stringOf(body, "prompt") ?? "");
  const usage = {
    input_tokens: text_tokens,
    output_tokens: 272 * count,
    total_tokens: text_tokens + 272 * count,
    input_tokens_details: { text_tokens, image_tokens: 0 },
  };
  const look = {
    size: chosen(body["size"], "1024x1024"),
    quality: chosen(body["quality"], "high"),
    background: chosen(body["background"], "opaque"),
    output_format: body["output_format"] ?? "png",
  };
  const pace = paceOf(reply, settings);
  if (body["stream"] !== true && body["stream"] !== "true") {
    return {
      ...jsonDraft({ created, data: Array.from({ length: count }, () => ({ b64_json: PIXEL })), ...look, usage }),
      before: pace.firstToken,
    };
  }
  const partials = Array.from({ length: countOf(body["partial_images"], 0) }, (_, partial_image_index) => ({
    type: `${kind}.partial_image`,
    partial_image_index,
  }));
  const events = Array.from({ length: count }, () => [...partials, { type: `${kind}.completed`, usage }]).flat();
  const pieces = events.map((event) =>
    piece(eventText({ ...event, b64_json: PIXEL, created_at: created, ...look }, event.type), pace.perToken),
  );
  return { ...streamDraft(pieces), before: pace.firstToken };
}

function countOf(value: unknown, usual: number): number {
  const count = typeof value === "number" || typeof value === "string" ? Number(value) : usual;
  return count >= 0 && count <= 10 ? Math.floor(count) : usual;
}

function chosen(value: unknown, otherwise: string): unknown {
  return value === undefined || value === null || value === "auto" ? otherwise : value;
}
