from dotenv import dotenv_values, load_dotenv
from openai import OpenAI

load_dotenv()
values = dotenv_values(".env")
client = OpenAI(api_key=values["OPENAI_API_KEY"])
