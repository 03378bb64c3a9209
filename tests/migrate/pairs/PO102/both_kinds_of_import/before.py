import openai
from openai import OpenAI

client = OpenAI()
caught = (openai.APIError, openai.OpenAIError)
