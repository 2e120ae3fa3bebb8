// Says what an item costs.
export const handler = async (event) => {
  const item = event.item ?? "book";
  console.log(`the price of ${item}`);
  return { item, price: 12.5 };
};
