"""Says what an item costs."""


def handler(event, context):
    item = event.get("item", "book")
    print(f"the price of {item}")
    return {"item": item, "price": 12.5}
