import openai
import settings

print(settings, openai.models.list())
