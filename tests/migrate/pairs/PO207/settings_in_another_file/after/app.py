import pareta_openai as openai
import settings

print(settings, openai.models.list())
