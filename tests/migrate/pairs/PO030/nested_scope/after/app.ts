import OpenAI from "openai";
class Llm {
  private client?: OpenAI;
  get() {
    return (this.client ??= new OpenAI({ apiKey: process.env.PARETA_API_KEY, baseURL: "https://api.pareta.ai/v1", timeout: 5 }));
  }
}
