import { realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { CreateTrainingJobRequest, FileSystemDataSource } from '../../model/types.generated.ts';

/** A file system that jobs may use as a channel, by the machine's own path of its root. */
export interface FileSystem {
  readonly path: string;
  /** What requests must call it. Absent: as they like. */
  readonly type?: FileSystemDataSource['FileSystemType'] | undefined;
}

/** The file systems of this deployment, by the ids that requests name them with. */
export type FileSystems = Readonly<Record<string, FileSystem>>;

const MEMBER = 'InputDataConfig.DataSource.FileSystemDataSource';

/** A FileSystemDataSource that can't be used here. Its message names the member, and the setting where one is to change. */
export class UnusableFileSystem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnusableFileSystem';
  }
}

/**
 * The folder of the machine that a data source means: `DirectoryPath` below the file system's root, with no link left in it. Rejects
 * with `UnusableFileSystem` when it is not a folder there; no path and no link leads out of the file system.
 */
export async function sharedFolder(fileSystems: FileSystems, source: FileSystemDataSource): Promise<string> {
  const { FileSystemId: id, FileSystemType: type, DirectoryPath: directory } = source;
  const fileSystem = Object.hasOwn(fileSystems, id) ? fileSystems[id] : undefined;
  if (!fileSystem) {
    throw new UnusableFileSystem(
      `${MEMBER}.FileSystemId ${id} is not one of this deployment's file systems: map it to a folder with the setting fileSystems.`,
    );
  }
  if (fileSystem.type && fileSystem.type !== type) {
    throw new UnusableFileSystem(
      `${MEMBER}.FileSystemType is ${type}, and the file system ${id} is ${fileSystem.type} (setting fileSystems.${id}.type).`,
    );
  }
  const unusable = (why: string) =>
    new UnusableFileSystem(
      `${MEMBER}.DirectoryPath ${JSON.stringify(directory)} ${why} of the file system ${id} (setting fileSystems.${id}.path).`,
    );
  if (directory.split('/').includes('..') || directory.includes('\0')) throw unusable('is not a path');
  const root = await realpath(fileSystem.path).catch(() => undefined);
  if (root === undefined) {
    throw new UnusableFileSystem(
      `${MEMBER}.FileSystemId ${id} can't be used: its folder (setting fileSystems.${id}.path) does not exist or can't be read.`,
    );
  }
  const folder = await realpath(join(root, directory)).catch(() => undefined);
  if (folder === undefined || !(await isFolder(folder))) throw unusable('is not a folder');
  if (relative(root, folder).split('/')[0] === '..') throw unusable('leads out');
  return folder;
}

/** Why a request's file systems can't be used, in one sentence; undefined when they can. */
export async function fileSystemRefusal(
  request: CreateTrainingJobRequest,
  fileSystems: FileSystems,
): Promise<string | undefined> {
  for (const { DataSource } of request.InputDataConfig ?? []) {
    if (!DataSource.FileSystemDataSource) continue;
    try {
      await sharedFolder(fileSystems, DataSource.FileSystemDataSource);
    } catch (error) {
      if (error instanceof UnusableFileSystem) return error.message;
      throw error;
    }
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
