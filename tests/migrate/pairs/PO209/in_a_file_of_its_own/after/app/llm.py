from app.config import get_settings
from pareta_openai import OpenAI

client = OpenAI(api_key=get_settings().openai_api_key)
