from pareta_openai import AsyncPareta, InsufficientCreditsError, Pareta

client = Pareta.from_env()
try:
    client.models.list()
except InsufficientCreditsError:
    print("top up")
