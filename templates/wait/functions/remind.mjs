// Runs when the wait is over, and says what it was for.
export const handler = async (event) => {
  const text = event.text ?? "The time has come.";
  console.log(`reminder: ${text}`);
  return { reminded: text };
};
