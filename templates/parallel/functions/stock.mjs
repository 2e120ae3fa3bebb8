// Says how many of an item there are.
export const handler = async (event) => {
  const item = event.item ?? "book";
  console.log(`the stock of ${item}`);
  return { item, inStock: 3 };
};
