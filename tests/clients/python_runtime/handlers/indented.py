"""Does not parse: indentation."""


def handler(event, context):
  return 1
   + 2
