from openai import *

caught = (RateLimitError, APIError)
