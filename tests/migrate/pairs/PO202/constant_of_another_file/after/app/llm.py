from app import config
from app.config import LOCAL
from openai import OpenAI

local = OpenAI(base_url=LOCAL, api_key="none")
other = OpenAI(base_url=config.LOCAL, api_key="none")
