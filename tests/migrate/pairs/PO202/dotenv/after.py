from dotenv import dotenv_values, load_dotenv
from pareta_openai import OpenAI

load_dotenv()
values = dotenv_values(".env")
client = OpenAI(api_key=values["PARETA_API_KEY"])
