import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where everything lies under GC_DATA_DIR. */
export type DataFolders = {
  readonly root: string;
  readonly postgres: string;
  readonly nats: string;
  readonly keys: string;
  readonly nodes: string;
  /** Certificates and their keys. */
  readonly tls: string;
  readonly logs: string;
};

export function dataFolders(root: string): DataFolders {
  return {
    root,
    postgres: join(root, 'postgres'),
    nats: join(root, 'nats'),
    keys: join(root, 'keys'),
    nodes: join(root, 'nodes'),
    tls: join(root, 'tls'),
    logs: join(root, 'logs'),
  };
}

/** Makes what is missing. Postgres may run as another user, so the root can be walked through. */
export async function makeFolders(folders: DataFolders): Promise<void> {
  await mkdir(folders.root, { recursive: true, mode: 0o711 });
  for (const folder of [folders.keys, folders.nodes, folders.tls, folders.logs]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
}
