"""Says how many of an item there are."""


def handler(event, context):
    item = event.get("item", "book")
    print(f"the stock of {item}")
    return {"item": item, "inStock": 3}
