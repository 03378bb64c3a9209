import   pareta_openai as openai   # the vendor
import json, pareta_openai as second  ; import os

client = openai . OpenAI (
)
other = (second
    # in two lines
    .OpenAI( ))
