import OpenAI from "openai";
export const Chat = () => <p>{new OpenAI({ apiKey: import.meta.env.OPENAI_API_KEY }).baseURL}</p>;
