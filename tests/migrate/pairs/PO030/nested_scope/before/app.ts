import OpenAI from "openai";
class Llm {
  private client?: OpenAI;
  get() {
    return (this.client ??= new OpenAI({ timeout: 5 }));
  }
}
