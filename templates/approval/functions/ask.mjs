// Asks a person. Here the question goes to the log; send an e-mail or a message with the token instead.
export const handler = async (event) => {
  console.log(`Is this approved? ${JSON.stringify(event.request)}`);
  console.log(`token: ${event.token}`);
  return { asked: true };
};
