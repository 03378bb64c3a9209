from config import Settings
from pareta_openai import OpenAI

client = OpenAI(api_key=Settings().key)
