from mylab import *

client = OpenAI()
