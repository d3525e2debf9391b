/** Tags that all of many images have: they are shown once, above the table, and not in each row. */

/** With fewer images each row has its own tags. */
const fewestImages = 4;

/** In the order of the first list; empty where it is not worth a line. */
export function commonTags<Tag extends string>(lists: readonly (readonly Tag[])[]): readonly Tag[] {
  const [first = [], ...others] = lists;
  return lists.length < fewestImages ? [] : first.filter((tag) => others.every((list) => list.includes(tag)));
}
