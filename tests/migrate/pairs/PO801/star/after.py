from pareta_openai import *

client = Pareta()
