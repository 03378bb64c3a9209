const { OpenAI: Client } = require('openai');
module.exports = new Client();
