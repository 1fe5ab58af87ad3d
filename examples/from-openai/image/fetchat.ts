import { createClient } from "fetchat";
import { decodeBase64, imageEdit, imageGeneration } from "fetchat/media";

const client = createClient({ env: process.env });

const { data } = await imageGeneration(client, "A heron at dawn", { model: "gpt-image-2" });
const png = decodeBase64(data[0]?.b64_json ?? "");
console.log(new TextDecoder().decode(png.subarray(1, 4)));

const edited = await imageEdit(client, [png], { model: "gpt-image-2", prompt: "The same at night" });
console.log(edited.data.length);
