// Says how long a word is.
export const handler = async (event) => {
  const word = String(event.word ?? "");
  console.log(`measuring ${word}`);
  return { word, length: [...word].length };
};
