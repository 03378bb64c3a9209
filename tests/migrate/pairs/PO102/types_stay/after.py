import openai
import pareta_openai
import openai.types.chat

client = pareta_openai.OpenAI()
answer: openai.types.chat.ChatCompletion
