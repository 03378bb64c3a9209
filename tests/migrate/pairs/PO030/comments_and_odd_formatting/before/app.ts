import { OpenAI } from 'openai'

export const client = new OpenAI({
  organization: process.env.ORG, // ours
  apiKey   :   "sk-1",
  /* the default */ baseURL: 'https://api.openai.com/v1',
  timeout: 30_000,
})
