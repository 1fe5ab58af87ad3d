import type { Provider } from "../http/provider.ts";

/** Ollama on this machine. https://docs.ollama.com/api/openai-compatibility */
export const ollama: Provider = {
  name: "Ollama",
  baseURL: "http://localhost:11434/v1",
  model: "gpt-oss:20b",
  variables: { apiKey: ["OLLAMA_API_KEY"], baseURL: ["OLLAMA_BASE_URL"], model: ["OLLAMA_MODEL"] },
  keyless: true,
  thinkTags: "opened",
  lacks: ["moderations", "files"],
  // Allows pages of localhost; OLLAMA_ORIGINS allows others. https://github.com/ollama/ollama/issues/4388
  cors: ["authorization", "content-type", "user-agent", "accept", "x-requested-with"],
};

/** llama.cpp's server on this machine. https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
export const llamaCpp: Provider = {
  name: "llama.cpp",
  baseURL: "http://localhost:8080/v1",
  model: "",
  variables: { apiKey: ["LLAMA_API_KEY"], baseURL: ["LLAMA_BASE_URL"], model: ["LLAMA_MODEL"] },
  keyless: true,
  thinkTags: "opened",
  lacks: ["moderations", "files", "images", "audio/speech", "audio/translations"],
  cors: "any",
};

/** vLLM on this machine. https://docs.vllm.ai/en/stable/serving/online_serving.html */
export const vllm: Provider = {
  name: "vLLM",
  baseURL: "http://localhost:8000/v1",
  model: "",
  variables: { apiKey: ["VLLM_API_KEY"], baseURL: ["VLLM_BASE_URL"], model: ["VLLM_MODEL"] },
  keyless: true,
  thinkTags: "opened",
  lacks: ["moderations", "files", "images", "audio/speech"],
  cors: "any",
};

/** LM Studio on this machine. https://lmstudio.ai/docs/developer/openai-compat */
export const lmStudio: Provider = {
  name: "LM Studio",
  baseURL: "http://localhost:1234/v1",
  model: "",
  variables: { apiKey: ["LM_STUDIO_API_KEY"], baseURL: ["LM_STUDIO_BASE_URL"], model: ["LM_STUDIO_MODEL"] },
  keyless: true,
  thinkTags: "opened",
  lacks: ["moderations", "files", "images", "audio"],
  // If "Enable CORS" is on in its server settings (lms server start --cors).
  cors: "any",
};
