import openai
import openai.types.chat

client = openai.OpenAI()
answer: openai.types.chat.ChatCompletion
