const { OpenAI: Client } = require('openai');
module.exports = new Client({ apiKey: process.env.PARETA_API_KEY, baseURL: "https://api.pareta.ai/v1" });
