import os
from openai import OpenAI
os . environ [ # for the demo
    'OPENAI_API_KEY' ] = input( ) ; client = OpenAI( )
