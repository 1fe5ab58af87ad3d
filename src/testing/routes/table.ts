import type { Route } from "../route.ts";
import { batches } from "./batches.ts";
import { createChatCompletion } from "./chatCompletions.ts";
import { createCompletion } from "./completions.ts";
import { compactResponse, countInputTokens } from "./context.ts";
import { conversations } from "./conversations.ts";
import { createEmbedding } from "./embeddings.ts";
import { deleteFile, getFile, getFileContent, listFiles, uploadFile } from "./files.ts";
import { editImage, generateImage } from "./images.ts";
import { getModel, listModels } from "./models.ts";
import { createModeration } from "./moderations.ts";
import { createClientSecret } from "./realtime.ts";
import { cancelResponse, createResponse, deleteResponse, getResponse, listInputItems } from "./responses.ts";
import { createSpeech } from "./speech.ts";
import { createTranscription, createTranslation } from "./transcriptions.ts";
import { vectorStores } from "./vectorStores.ts";

/** All endpoints of the mock API. */
export const ROUTES: readonly Route[] = [
  createChatCompletion,
  listModels,
  getModel,
  createCompletion,
  createEmbedding,
  createModeration,
  listFiles,
  uploadFile,
  getFile,
  deleteFile,
  getFileContent,
  generateImage,
  editImage,
  createSpeech,
  createTranscription,
  createTranslation,
  createResponse,
  countInputTokens,
  compactResponse,
  getResponse,
  deleteResponse,
  cancelResponse,
  listInputItems,
  ...conversations,
  ...batches,
  ...vectorStores,
  createClientSecret,
];
