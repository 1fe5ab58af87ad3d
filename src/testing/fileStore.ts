import { makeId } from "./ids.ts";
import type { UploadedFile } from "./forms.ts";

/** A file object of the API. */
export interface StoredFile {
  readonly id: string;
  readonly object: "file";
  readonly bytes: number;
  readonly created_at: number;
  readonly expires_at?: number;
  readonly filename: string;
  readonly purpose: string;
  readonly status: "processed";
  readonly status_details: null;
  /** Not a field of the API, for tests to compare. */
  readonly sha256: string;
}

/** The files that were uploaded to one mock API. */
export class FileStore {
  readonly #files: Map<string, { readonly file: StoredFile; readonly content: Uint8Array }> = new Map();
  #count = 0;

  /**
   * Stores an upload.
   *
   * @param now in ms since 1970
   * @param seconds the time to its expiry; 0 for none
   */
  add(upload: UploadedFile, purpose: string, now: number, seconds: number): StoredFile {
    const created = Math.floor(now / 1000);
    const file: StoredFile = {
      id: makeId("file-", 22, ++this.#count),
      object: "file",
      bytes: upload.size,
      created_at: created,
      ...(seconds > 0 ? { expires_at: created + seconds } : {}),
      filename: upload.filename,
      purpose,
      status: "processed",
      status_details: null,
      sha256: upload.sha256,
    };
    this.#files.set(file.id, { file, content: upload.bytes });
    return file;
  }

  /** Lists all files, the newest last. */
  list(): StoredFile[] {
    return [...this.#files.values()].map(({ file }) => file);
  }

  /** Returns a file object. */
  get(id: string): StoredFile | undefined {
    return this.#files.get(id)?.file;
  }

  /** Returns a file's content. */
  content(id: string): Uint8Array | undefined {
    return this.#files.get(id)?.content;
  }

  /** Deletes a file; returns false if there is none. */
  delete(id: string): boolean {
    return this.#files.delete(id);
  }

  /** Deletes all files. */
  clear(): void {
    this.#files.clear();
    this.#count = 0;
  }
}
