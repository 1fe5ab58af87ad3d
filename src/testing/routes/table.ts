import type { Route } from "../route.ts";
import { createChatCompletion } from "./chatCompletions.ts";
import { createCompletion } from "./completions.ts";
import { createEmbedding } from "./embeddings.ts";
import { deleteFile, getFile, getFileContent, listFiles, uploadFile } from "./files.ts";
import { editImage, generateImage } from "./images.ts";
import { getModel, listModels } from "./models.ts";
import { createModeration } from "./moderations.ts";
import { cancelResponse, createResponse, deleteResponse, getResponse, listInputItems } from "./responses.ts";
import { createSpeech } from "./speech.ts";
import { createTranscription, createTranslation } from "./transcriptions.ts";

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
  getResponse,
  deleteResponse,
  cancelResponse,
  listInputItems,
];
