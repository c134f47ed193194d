import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { ReflectionService } from '@grpc/reflection';
import type { Server } from '@grpc/grpc-js';

type PackageDefinition = ConstructorParameters<typeof ReflectionService>[0];

const OUR_DESCRIPTORS = '@greencloud/proto/descriptor.binpb';

/**
 * Lets `grpcurl` list and call what this server has, from the descriptor set that buf wrote. Health
 * and google.rpc are in it too: what proto-loader makes of a map (health has one) is refused by
 * clients in Go, and without ErrorInfo they show the details of an error as bytes.
 */
export async function addReflection(
  server: Server,
  serviceNames: readonly string[],
  descriptorPath = fileURLToPath(import.meta.resolve(OUR_DESCRIPTORS)),
): Promise<void> {
  const descriptors = { fileDescriptorProtos: filesOf(await readFile(descriptorPath)) };
  // The service only reads `fileDescriptorProtos` of the members of a package definition.
  const definition = { descriptors } as unknown as PackageDefinition;
  new ReflectionService(definition, { services: [...serviceNames] }).addToServer(server);
}

// A FileDescriptorSet is nothing but `repeated FileDescriptorProto file = 1`.
function filesOf(descriptorSet: Uint8Array): Buffer[] {
  const reader = new BinaryReader(descriptorSet);
  const files: Buffer[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) files.push(Buffer.from(reader.bytes()));
    else reader.skip(wireType, field);
  }
  return files;
}
