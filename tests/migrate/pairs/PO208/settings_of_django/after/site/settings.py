from decouple import config

DEBUG = False
OPENAI_API_KEY = config("PARETA_API_KEY", default="")
