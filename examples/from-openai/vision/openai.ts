import OpenAI from "openai";

const client = new OpenAI();

const response = await client.responses.create({
  model: "gpt-5.5",
  input: [
    {
      role: "user",
      content: [
        { type: "input_text", text: "Which animal is this?" },
        { type: "input_image", image_url: "https://example.com/heron.jpg", detail: "auto" },
      ],
    },
  ],
});

console.log(response.output_text);
