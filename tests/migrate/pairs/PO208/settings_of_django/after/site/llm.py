from django.conf import settings
from pareta_openai import OpenAI

client = OpenAI(api_key=settings.OPENAI_API_KEY)
