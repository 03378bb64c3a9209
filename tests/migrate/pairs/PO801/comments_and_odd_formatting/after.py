from  pareta_openai  import (  # the platform
    Pareta,   # the client
    EvalRun as Run,
    # errors
    NotFoundError,
)
import json, pareta_openai as pa, os
