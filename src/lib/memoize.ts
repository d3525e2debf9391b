/** Makes a function that answers each question once, and later ones like it with the same answer; a promise is an answer. */
export function memoize<Q, A>(
  answer: (question: Q) => A,
  keyOf: (question: Q) => unknown = (question) => question,
): (question: Q) => A {
  const known = new Map<unknown, { readonly answer: A }>();
  return (question) => {
    const key = keyOf(question);
    const found = known.get(key) ?? { answer: answer(question) };
    known.set(key, found);
    return found.answer;
  };
}
