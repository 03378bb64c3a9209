// é 😀
import OpenAI from "openai";

const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });
const answer = await client.chat.completions.create({ model: "gpt-4o-mini", messages: [] });
