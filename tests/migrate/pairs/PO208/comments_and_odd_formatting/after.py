import os
from pareta_openai import OpenAI
os . environ [ # for the demo
    'PARETA_API_KEY' ] = input( ) ; client = OpenAI( )
