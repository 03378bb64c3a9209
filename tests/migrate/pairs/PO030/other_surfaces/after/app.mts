import OpenAI from "openai";
const client = new OpenAI({ apiKey: process.env.PARETA_API_KEY, baseURL: "https://api.pareta.ai/v1" });
await client.responses.create({ model: "gpt-5", input: "hi" });
