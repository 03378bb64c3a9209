import openai

STATUS = {openai.RateLimitError: 429, openai.APIConnectionError: 502}

try:
    openai.OpenAI().models.list()
except Exception as e:
    if type(e) is openai.RateLimitError:
        print("slower")
    if e.__class__ == openai.NotFoundError:
        print("gone")
    if type(e) in (openai.ConflictError, openai.BadRequestError):
        print("malformed")
    print(STATUS[type(e)])
