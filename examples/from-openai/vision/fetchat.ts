import { createClient } from "fetchat";
import { createResponse, outputText } from "fetchat/responses";

const client = createClient({ env: process.env });

const response = await createResponse(
  client,
  [
    {
      role: "user",
      content: [
        { type: "input_text", text: "Which animal is this?" },
        { type: "input_image", image_url: "https://example.com/heron.jpg", detail: "auto" },
      ],
    },
  ],
  { model: "gpt-5.5" },
);

console.log(outputText(response));
