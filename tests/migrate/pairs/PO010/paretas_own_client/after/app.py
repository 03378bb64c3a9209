from pareta_openai import Pareta

client = Pareta()
