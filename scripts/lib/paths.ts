import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** What a run may leave behind; ignored by git. */
export const CACHE: string = `${ROOT}/.cache`;

/** A folder with the built package in its node_modules, as a user has it. */
export const INSTALLED: string = `${CACHE}/installed`;

/** A program of the development dependencies. */
export function bin(name: string): string {
  return `${ROOT}/node_modules/.bin/${name}`;
}
