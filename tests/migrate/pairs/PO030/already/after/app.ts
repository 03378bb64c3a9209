import OpenAI from "openai";
const client = new OpenAI({ apiKey: process.env.PARETA_API_KEY, baseURL: "https://api.pareta.ai/v1" });
