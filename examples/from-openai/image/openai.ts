import OpenAI, { toFile } from "openai";

const client = new OpenAI();

const { data = [] } = await client.images.generate({ model: "gpt-image-2", prompt: "A heron at dawn" });
const png = Buffer.from(data[0]?.b64_json ?? "", "base64");
console.log(png.subarray(1, 4).toString());

const edited = await client.images.edit({
  model: "gpt-image-2",
  image: await toFile(png, "heron.png", { type: "image/png" }),
  prompt: "The same at night",
});
console.log(edited.data?.length);
