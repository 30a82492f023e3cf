/** A file that was dropped, with its place in the folder that was dropped: `train/a.csv`. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** The files of a drop, those in dropped folders included. To be called while the drop is handled. */
export async function droppedFiles(data: DataTransfer): Promise<DroppedFile[]> {
  // Read at once: what is dropped is gone when its event is over.
  const dropped = [...data.items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = await Promise.all(
    dropped.map(({ entry, file }) => (entry ? filesIn(entry, '') : file ? [{ path: file.name, file }] : [])),
  );
  return found.flat();
}

async function filesIn(entry: FileSystemEntry, folder: string): Promise<DroppedFile[]> {
  const path = folder + entry.name;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: DroppedFile[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return found;
    for (const each of entries) found.push(...(await filesIn(each, `${path}/`)));
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
