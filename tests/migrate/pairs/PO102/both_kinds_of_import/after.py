import openai
from pareta_openai import OpenAI

client = OpenAI()
caught = (openai.APIError, openai.OpenAIError)
