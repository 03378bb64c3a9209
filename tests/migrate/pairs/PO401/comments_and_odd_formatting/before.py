import openai
from pareta_openai import OpenAI

try:
    OpenAI().models.list()
except openai.APIError as e:
    if (
        e.status_code  # what the platform said
        == 402
    ) or e . status_code==503:   # wait
        pass
