import type { Route } from "../route.ts";
import { createChatCompletion } from "./chatCompletions.ts";
import { getModel, listModels } from "./models.ts";

/** Every endpoint that the stand-in has: one file each, one line here. */
export const ROUTES: readonly Route[] = [createChatCompletion, listModels, getModel];
