from app.base import Base
from openai import AsyncOpenAI, OpenAI


class Client(Base):
    client_class = OpenAI


CLASSES = {"sync": OpenAI, "async": AsyncOpenAI}
