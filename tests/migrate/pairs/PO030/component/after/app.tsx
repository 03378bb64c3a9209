import OpenAI from "openai";
export const Chat = () => <p>{new OpenAI({ baseURL: "https://api.pareta.ai/v1", apiKey: import.meta.env.PARETA_API_KEY }).baseURL}</p>;
