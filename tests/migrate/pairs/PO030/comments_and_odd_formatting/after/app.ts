import { OpenAI } from 'openai'

export const client = new OpenAI({
  apiKey   :   process.env.PARETA_API_KEY,
  /* the default */ baseURL: "https://api.pareta.ai/v1",
  timeout: 30_000,
})
