/**
 * Images, speech, transcription, translation, files and uploads: functions that take a client or another connection.
 *
 * @example
 * ```ts
 * import { createClient } from "fetchat";
 * import { imageGeneration } from "fetchat/media";
 *
 * const client = createClient({ apiKey: process.env.OPENAI_API_KEY });
 * const { data } = await imageGeneration(client, "A heron at dawn");
 * ```
 *
 * @module
 */
export { imageEdit, imageGeneration, streamImageEdit, streamImageGeneration } from "../endpoints/images.ts";
export type { ImageEditParams, ImageGenerationParams, ImageParams, ImageStream } from "../endpoints/images.ts";
export type { Image, ImageChunk, ImageEvent, Images, ImagesUsage } from "../decode/images.ts";
export { speech, streamSpeech } from "../endpoints/speech.ts";
export type { SpeechChunk, SpeechEnd, SpeechParams, SpeechStream, SpeechUsage } from "../endpoints/speech.ts";
export { streamTranscription, transcription, translation } from "../endpoints/transcription.ts";
export type { TranscriptStream } from "../endpoints/transcription.ts";
export type * from "../decode/transcripts.ts";
export { deleteFile, file, fileContent, files, uploadFile } from "../endpoints/files.ts";
export type { FileObject, FilesParams, UploadFileParams } from "../endpoints/files.ts";
export type { UploadOptions } from "../endpoints/open.ts";
export type { StoredObject, Upload, UploadSource } from "../http/upload.ts";
export { dataURL } from "./dataURL.ts";
export { decodeBase64 } from "../http/base64.ts";
export type { Deleted } from "../endpoints/list.ts";
