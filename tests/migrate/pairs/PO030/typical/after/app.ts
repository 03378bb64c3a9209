// é 😀
import OpenAI from "openai";

const client = new OpenAI({ baseURL: "https://api.pareta.ai/v1", apiKey: process.env.PARETA_API_KEY });
const answer = await client.chat.completions.create({ model: "ep_contract_kie", messages: [] });
