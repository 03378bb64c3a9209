import OpenAI from "openai";
const client = new OpenAI();
await client.responses.create({ model: "gpt-5", input: "hi" });
