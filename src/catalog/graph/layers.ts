/**
 * A map that keeps its earlier states: to set a key gives a new map, and takes steps that grow with the logarithm of its size.
 * A Dockerfile may have thousands of variables, and thousands of stages that each begin with all of them.
 */

export interface Layers<V> {
  get(key: string): V | undefined;
  has(key: string): boolean;
  with(key: string, value: V): Layers<V>;
}

export function layers<V>(entries: readonly (readonly [string, V])[] = []): Layers<V> {
  return entries.reduce((map, [key, value]) => map.with(key, value), layersOf<V>(undefined));
}

function layersOf<V>(root: Node<V> | undefined): Layers<V> {
  return {
    get: (key) => find(root, key)?.value,
    has: (key) => find(root, key) !== undefined,
    with: (key, value) => layersOf(inserted(root, key, value)),
  };
}

/** A node of an AA tree (Andersson, 1993): a balanced search tree with two rules and no cases. */
interface Node<V> {
  readonly key: string;
  readonly value: V;
  readonly level: number;
  readonly left: Node<V> | undefined;
  readonly right: Node<V> | undefined;
}

function find<V>(root: Node<V> | undefined, key: string): Node<V> | undefined {
  let node = root;
  while (node !== undefined && node.key !== key) node = key < node.key ? node.left : node.right;
  return node;
}

function inserted<V>(node: Node<V> | undefined, key: string, value: V): Node<V> {
  if (node === undefined) return { key, value, level: 1, left: undefined, right: undefined };
  if (key === node.key) return { ...node, value };
  const grown =
    key < node.key
      ? { ...node, left: inserted(node.left, key, value) }
      : { ...node, right: inserted(node.right, key, value) };
  return split(skewed(grown));
}

function skewed<V>(node: Node<V>): Node<V> {
  const { left } = node;
  return left?.level === node.level ? { ...left, right: { ...node, left: left.right } } : node;
}

function split<V>(node: Node<V>): Node<V> {
  const { right } = node;
  if (right === undefined || right.right?.level !== node.level) return node;
  return { ...right, level: right.level + 1, left: { ...node, right: right.left } };
}
