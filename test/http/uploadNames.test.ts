import { expect, it } from "vitest";
import { formBody } from "../../src/http/form.ts";

const nameOf = (type: string): string => {
  const { body } = formBody({ file: new Blob(["x"], { type }) });
  return ((body as FormData).get("file") as File).name;
};

it.each([
  ["application/pdf", "file.pdf"],
  ["text/plain", "file.txt"],
  ["text/plain;charset=utf-8", "file.txt"],
  ["text/markdown", "file.md"],
  ["text/csv", "file.csv"],
  ["text/html", "file.html"],
  ["application/json", "file.json"],
  ["application/jsonl", "file.jsonl"],
  ["application/x-ndjson", "file.jsonl"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "file.docx"],
  ["video/quicktime", "file.mp4"],
  ["video/mp4", "file.mp4"],
  ["video/webm", "file.webm"],
  ["audio/wave", "file.wav"],
  ["audio/x-wav", "file.wav"],
  ["audio/vnd.wave", "file.wav"],
  ["audio/mpeg", "file.mp3"],
  ["audio/mp4", "file.m4a"],
  ["audio/x-m4a", "file.m4a"],
  ["audio/webm;codecs=opus", "file.webm"],
  ["audio/ogg; codecs=opus", "file.ogg"],
  ["audio/flac", "file.flac"],
  ["image/jpeg", "file.jpg"],
  ["image/png", "file.png"],
  ["image/webp", "file.webp"],
  ["image/svg+xml", "file.svg"],
  ["application/octet-stream", "file"],
  ["constructor", "file"],
  ["", "file"],
])("A Blob of type %j is uploaded under a name that the API accepts: %s", (type, name) => {
  expect(nameOf(type)).toBe(name);
});
