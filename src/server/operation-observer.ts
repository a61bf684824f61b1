import { type DocumentNode, type GraphQLSchema, getOperationAST, type OperationDefinitionNode } from 'graphql';
import { emit } from '#core/runtime/diagnostics.ts';
import { begin, type Running, type StepWork } from '#core/runtime/work.ts';
import { rootFields } from './root-fields.ts';

interface Named {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
}
/** An operation that is being executed. */
export interface Observed extends Pick<Running, 'run' | 'stream'> {
  /** Only the first call counts. */
  end(failed: boolean): void;
}

/** Begins to time and to trace an execution; its end is emitted as `parley:operation`. */
export function operationObserver(schema: GraphQLSchema): (operation: Named) => Observed {
  const fields = new WeakMap<OperationDefinitionNode, string>();

  /** The field at the root. Names that clients give to operations have no bound; fields are those of the schema. */
  function fieldOf(document: DocumentNode, operation: OperationDefinitionNode): string {
    const known = fields.get(operation);
    if (known !== undefined) return known;
    const names = new Set(rootFields(document, operation.selectionSet));
    const [first = ''] = names;
    const exists = schema.getRootType(operation.operation)?.getFields()[first] !== undefined || META.has(first);
    const field = names.size > 1 ? 'several' : exists ? first : 'other';
    fields.set(operation, field);
    return field;
  }

  return ({ document, operationName }) => {
    const started = performance.now();
    const work: StepWork = { kind: 'execute' };
    const { run, stream, end } = begin(work);
    let over = false;
    return {
      run,
      stream,
      end(failed) {
        if (over) return;
        over = true;
        const operation = getOperationAST(document, operationName);
        if (operation) {
          const field = fieldOf(document, operation);
          const durationMs = performance.now() - started;
          emit('parley:operation', { field, type: operation.operation, failed, durationMs });
          work.type = operation.operation;
          work.name = operation.name?.value;
          work.field = field;
          work.failed = failed;
        }
        end();
      },
    };
  };
}

const META: ReadonlySet<string> = new Set(['__typename', '__schema', '__type']);
