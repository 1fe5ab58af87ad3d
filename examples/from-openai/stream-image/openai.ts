import OpenAI from "openai";

const client = new OpenAI();

const stream = await client.images.generate({
  model: "gpt-image-2",
  prompt: "A heron at dawn",
  stream: true,
  partial_images: 2,
});

for await (const event of stream) {
  const bytes = Buffer.from(event.b64_json, "base64");
  if (event.type === "image_generation.partial_image") console.log(event.partial_image_index, bytes.length);
  else console.log("finished", bytes.length);
}
