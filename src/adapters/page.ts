/**
 * Everything that a page uses, for `fetchat.js`, the one file for pages without a bundler.
 *
 * @module
 */
export * from "./browser.ts";
export * from "../media/index.ts";
export * from "../responses/index.ts";
