from app.config import OPENAI_API_KEY
from pareta_openai import OpenAI

client = OpenAI(api_key=OPENAI_API_KEY)
