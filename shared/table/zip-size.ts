const [endOfArchive, entryOfArchive] = [0x06054b50, 0x02014b50];
const [endBytes, entryBytes, longestComment] = [22, 46, 65_535];

/** How many bytes the files of a ZIP archive are by its directory, unpacked; undefined where it has none. */
export function unpackedBytes(archive: Uint8Array): number | undefined {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  let end = archive.length - endBytes;
  while (end >= 0 && end >= archive.length - endBytes - longestComment && view.getUint32(end, true) !== endOfArchive)
    end--;
  if (end < 0 || view.getUint32(end, true) !== endOfArchive) return undefined;
  let total = 0;
  let at = view.getUint32(end + 16, true);
  for (let entry = view.getUint16(end + 10, true); entry > 0; entry--) {
    if (at + entryBytes > archive.length || view.getUint32(at, true) !== entryOfArchive) return undefined;
    total += view.getUint32(at + 24, true);
    at += entryBytes + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return total;
}
