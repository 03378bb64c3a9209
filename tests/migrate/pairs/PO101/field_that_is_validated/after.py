from openai import AsyncOpenAI
from pydantic import BaseModel, ConfigDict


class Service(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    client: AsyncOpenAI
