import { createClient } from "fetchat";
import { responses } from "fetchat/responses";

const client = createClient({ env: process.env });

const chat = client.newChatSession({ api: responses(), model: "gpt-5.5", reasoning_effort: "low" });
console.log(await chat.send("Write a prime test in Python."));
console.log(await chat.send("Add type hints."));
