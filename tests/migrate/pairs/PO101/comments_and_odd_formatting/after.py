from pareta_openai import (  # the vendor
    AsyncOpenAI,   # for the workers
    OpenAI as Sync, # for scripts
)
from   pareta_openai   import   OpenAI;  import os

clients = [AsyncOpenAI( ), Sync (), OpenAI(
    timeout = 5,  # seconds
)]
