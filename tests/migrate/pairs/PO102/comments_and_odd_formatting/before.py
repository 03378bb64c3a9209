import   openai   # the vendor
import json, openai as second  ; import os

client = openai . OpenAI (
)
other = (second
    # in two lines
    .OpenAI( ))
