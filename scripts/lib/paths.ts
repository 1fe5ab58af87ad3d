import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The folder for generated files, which git ignores. */
export const CACHE: string = `${ROOT}/.cache`;

/** A folder with the built package in its node_modules, like a user's. */
export const INSTALLED: string = `${CACHE}/installed`;

/** Returns the path of a development dependency's program. */
export function bin(name: string): string {
  return `${ROOT}/node_modules/.bin/${name}`;
}
