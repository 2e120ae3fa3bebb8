// Answers a greeting for the `name` in its input.
export const handler = async (event) => {
  const name = event.name ?? "world";
  console.log(`greeting ${name}`);
  return { greeting: `Hello, ${name}!` };
};
