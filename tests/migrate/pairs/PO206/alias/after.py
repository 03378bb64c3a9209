import openai as oa
from app.settings import client_settings

client = oa.OpenAI(**client_settings())
