import type { Completion } from "../decode/completion.ts";
import type { Upload } from "../http/form.ts";
import { Connection } from "../http/connection.ts";
import type { RequestOptions } from "../http/connection.ts";
import { completion, streamCompletion } from "./completion.ts";
import type { CompletionParams, CompletionStream, Prompt } from "./completion.ts";
import { embedding } from "./embedding.ts";
import type { EmbeddingList, EmbeddingParams, VectorOf } from "./embedding.ts";
import { deleteFile, file, fileContent, files, uploadFile } from "./files.ts";
import type { Deleted, FileObject, FilesParams, UploadFileParams } from "./files.ts";
import type { Images } from "../decode/images.ts";
import { imageEdit, imageGeneration, streamImageEdit, streamImageGeneration } from "./images.ts";
import type { ImageEditParams, ImageGenerationParams, ImageStream } from "./images.ts";
import type { Page } from "./list.ts";
import { models } from "./models.ts";
import type { Model } from "./models.ts";
import { moderation } from "./moderation.ts";
import type { Moderation, ModerationInput, ModerationParams } from "./moderation.ts";
import type { UploadOptions } from "./open.ts";
import { speech, streamSpeech } from "./speech.ts";
import type { SpeechParams, SpeechStream } from "./speech.ts";
import { streamTranscription, transcription, translation } from "./transcription.ts";
import type { TranscriptStream } from "./transcription.ts";
import type { TranscriptionOf, TranscriptionParams, TranslationOf, TranslationParams } from "../decode/transcripts.ts";

/** The endpoints that need nothing but a connection, as methods. Each is described at the free function of its name. */
export class BoundEndpoints extends Connection {
  /** Goes on from a text. See the free function `completion`. */
  async completion<P extends CompletionParams>(
    prompt: Prompt,
    params?: P,
    options?: RequestOptions,
  ): Promise<Completion> {
    return completion(this, prompt, params, options);
  }

  /** Goes on from a text, as a stream. See the free function `streamCompletion`. */
  async streamCompletion<P extends CompletionParams>(
    prompt: Prompt,
    params?: P,
    options?: RequestOptions,
  ): Promise<CompletionStream> {
    return streamCompletion(this, prompt, params, options);
  }

  /** Turns texts or tokens into vectors. See the free function `embedding`. */
  async embedding<P extends EmbeddingParams = { encoding_format?: "float" }>(
    input: Prompt,
    params?: P,
    options?: RequestOptions,
  ): Promise<EmbeddingList<VectorOf<P>>> {
    return embedding<P>(this, input, params, options);
  }

  /** Asks whether something is harmful. See the free function `moderation`. */
  async moderation<P extends ModerationParams>(
    input: ModerationInput,
    params?: P,
    options?: RequestOptions,
  ): Promise<Moderation> {
    return moderation(this, input, params, options);
  }

  /** Lists the models. See the free function `models`. */
  async models(params?: object, options?: RequestOptions): Promise<Page<Model>> {
    return models(this, params, options);
  }

  /** Lists files. See the free function `files`. */
  async files<P extends FilesParams>(params?: P, options?: RequestOptions): Promise<Page<FileObject>> {
    return files(this, params, options);
  }

  /** What is known of a file. See the free function `file`. */
  async file(id: string, options?: RequestOptions): Promise<FileObject> {
    return file(this, id, options);
  }

  /** Deletes a file. See the free function `deleteFile`. */
  async deleteFile(id: string, options?: RequestOptions): Promise<Deleted> {
    return deleteFile(this, id, options);
  }

  /** What is in a file. See the free function `fileContent`. */
  async fileContent(id: string, options?: RequestOptions): Promise<Response> {
    return fileContent(this, id, options);
  }

  /** Uploads a file. See the free function `uploadFile`. */
  async uploadFile<P extends UploadFileParams>(
    upload: Upload,
    params: P,
    options?: UploadOptions,
  ): Promise<FileObject> {
    return uploadFile(this, upload, params, options);
  }

  /** Makes images. See the free function `imageGeneration`. */
  async imageGeneration<P extends ImageGenerationParams>(
    prompt: string,
    params?: P,
    options?: RequestOptions,
  ): Promise<Images> {
    return imageGeneration(this, prompt, params, options);
  }

  /** Makes images, with partial ones on the way. See the free function `streamImageGeneration`. */
  async streamImageGeneration<P extends ImageGenerationParams>(
    prompt: string,
    params?: P,
    options?: RequestOptions,
  ): Promise<ImageStream> {
    return streamImageGeneration(this, prompt, params, options);
  }

  /** Edits images. See the free function `imageEdit`. */
  async imageEdit<P extends ImageEditParams>(
    images: Blob | readonly Blob[],
    params: P,
    options?: UploadOptions,
  ): Promise<Images> {
    return imageEdit(this, images, params, options);
  }

  /** Edits images, with partial ones on the way. See the free function `streamImageEdit`. */
  async streamImageEdit<P extends ImageEditParams>(
    images: Blob | readonly Blob[],
    params: P,
    options?: UploadOptions,
  ): Promise<ImageStream> {
    return streamImageEdit(this, images, params, options);
  }

  /** Speaks a text. See the free function `speech`. */
  async speech<P extends SpeechParams>(input: string, params?: P, options?: RequestOptions): Promise<Response> {
    return speech(this, input, params, options);
  }

  /** Speaks a text, as a stream of events. See the free function `streamSpeech`. */
  async streamSpeech<P extends SpeechParams>(
    input: string,
    params?: P,
    options?: RequestOptions,
  ): Promise<SpeechStream> {
    return streamSpeech(this, input, params, options);
  }

  /** Writes down what is said. See the free function `transcription`. */
  async transcription<P extends TranscriptionParams = { response_format?: undefined }>(
    audio: Upload,
    params?: P,
    options?: UploadOptions,
  ): Promise<TranscriptionOf<P>> {
    return transcription<P>(this, audio, params, options);
  }

  /** Writes down what is said, as a stream. See the free function `streamTranscription`. */
  async streamTranscription<P extends TranscriptionParams>(
    audio: Upload,
    params?: P,
    options?: UploadOptions,
  ): Promise<TranscriptStream> {
    return streamTranscription(this, audio, params, options);
  }

  /** Writes down in English what is said in another language. See the free function `translation`. */
  async translation<P extends TranslationParams = { response_format?: undefined }>(
    audio: Upload,
    params?: P,
    options?: UploadOptions,
  ): Promise<TranslationOf<P>> {
    return translation<P>(this, audio, params, options);
  }
}
