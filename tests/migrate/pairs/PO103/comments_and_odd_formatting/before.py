from  openai  import  *   # noqa: F403

pair = OpenAI( ), AsyncOpenAI( )  # noqa: F405
