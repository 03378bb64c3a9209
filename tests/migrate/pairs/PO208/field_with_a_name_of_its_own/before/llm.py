from config import Settings
from openai import OpenAI

client = OpenAI(api_key=Settings().key)
