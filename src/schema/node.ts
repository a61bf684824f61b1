import { builder, type Context } from './builder.ts';
import { type NodeType, parseId } from './ids.ts';

export const Node = builder.interfaceRef<object>('Node').implement({
  description: 'Anything with a global id.',
  resolveType: (node) => types.get(node),
  fields: (t) => ({ id: t.id({ resolve: () => '' }) }),
});

type Load = (id: string, context: Context) => unknown;
const nodes = new Map<string, Load>();
/** The type of each object that `node` loaded, from its id. */
const types = new WeakMap<object, NodeType>();

/** Registers how `node(id)` loads a type. Null or undefined: it does not exist or is not the viewer's. */
export function registerNode(type: NodeType, load: Load): void {
  nodes.set(type, load);
}

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, context) => {
      const parsed = parseId(id);
      const found = await nodes.get(parsed?.type ?? '')?.(parsed?.id ?? '', context);
      if (typeof found !== 'object' || found === null) return null;
      const node = { ...found };
      types.set(node, parsed?.type as NodeType);
      return node;
    },
  }),
);
