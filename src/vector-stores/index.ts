/**
 * Vector stores: files that are searched by their meaning. Functions that take a client or another connection.
 *
 * @example
 * ```ts
 * import { createClient } from "fetchat";
 * import { uploadFile } from "fetchat/media";
 * import { addVectorStoreFile, createVectorStore, searchVectorStore } from "fetchat/vector-stores";
 *
 * const client = createClient({ apiKey: process.env.OPENAI_API_KEY });
 * const store = await createVectorStore(client, { name: "Rivers" });
 * const file = await uploadFile(client, new File(["The Rhine is 1,230 km long."], "rhine.txt"), { purpose: "assistants" });
 * await addVectorStoreFile(client, store.id, file.id);
 * const { data } = await searchVectorStore(client, store.id, "How long is the Rhine?");
 * ```
 *
 * @module
 */
export {
  addVectorStoreFile,
  cancelVectorStoreFileBatch,
  createVectorStore,
  createVectorStoreFileBatch,
  deleteVectorStore,
  removeVectorStoreFile,
  searchVectorStore,
  updateVectorStore,
  updateVectorStoreFile,
  vectorStore,
  vectorStoreFile,
  vectorStoreFileBatch,
  vectorStoreFileBatchFiles,
  vectorStoreFileContent,
  vectorStoreFiles,
  vectorStores,
} from "../endpoints/vectorStores.ts";
export type * from "../endpoints/vectorStores.ts";
export type { Deleted } from "../endpoints/list.ts";
