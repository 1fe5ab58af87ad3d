// The types of the chat API's wire, and of what this package makes of it.
export type * from "./answers.ts";
export type * from "./messages.ts";
export type * from "./params.ts";
export type * from "./vocabulary.ts";
