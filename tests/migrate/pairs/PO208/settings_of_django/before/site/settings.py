from decouple import config

DEBUG = False
OPENAI_API_KEY = config("OPENAI_API_KEY", default="")
