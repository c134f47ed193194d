import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  createFileRegistry,
  type DescMethod,
  type DescService,
  fromBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

export interface Rpc {
  readonly service: DescService;
  readonly method: DescMethod;
  /** `TaskQueryService.GetTask` */
  readonly name: string;
}

/** Every method of every service of ours; health and reflection know nothing of tenants. */
export function allRpcs(): readonly Rpc[] {
  const file = fileURLToPath(import.meta.resolve('@greencloud/proto/descriptor.binpb'));
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(file)));
  return [...registry].flatMap((described) =>
    described.kind === 'service' && described.typeName.startsWith('greencloud.')
      ? described.methods.map((method) => ({
          service: described,
          method,
          name: `${described.name}.${method.name}`,
        }))
      : [],
  );
}
