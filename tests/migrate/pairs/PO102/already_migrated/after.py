import openai
import pareta_openai

client = pareta_openai.OpenAI()
caught = openai.RateLimitError
