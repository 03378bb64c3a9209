from  pareta  import (  # the platform
    Pareta,   # the client
    EvalRun as Run,
    # errors
    NotFoundError,
)
import json, pareta as pa, os
