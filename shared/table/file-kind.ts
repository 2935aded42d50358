/** What begins so is no text. */
const signatures: ReadonlyArray<readonly [string, string]> = [
  ['%PDF', 'a PDF'],
  ['\xd0\xcf\x11\xe0', 'a workbook of Excel 97 (.xls) or another old Office file'],
  ['\x1f\x8b', 'a gzip archive'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['Rar!', 'a RAR archive'],
  ['BZh', 'a bzip2 archive'],
  ['\x89PNG', 'an image (PNG)'],
  ['\xff\xd8\xff', 'an image (JPEG)'],
  ['GIF8', 'an image (GIF)'],
  ['PAR1', 'a Parquet file'],
  ['SQLite format 3', 'a SQLite database'],
  ['\xff\xfe\0\0', 'text in UTF-32'],
  ['\0\0\xfe\xff', 'text in UTF-32'],
];

/** What a file is, by its first bytes: a table as text, a workbook, or what it is instead. */
export type FileKind = 'text' | 'workbook' | { readonly other: string };

/** Tells what a file is by its first kilobytes. Old Excel files are often web pages in truth. */
export function kindOfFile(head: Uint8Array): FileKind {
  const start = String.fromCharCode(...head.subarray(0, 2_000));
  if (start.startsWith('PK\x03\x04')) return kindOfArchive(start);
  const [, other] = signatures.find(([signature]) => start.startsWith(signature)) ?? [];
  if (other !== undefined) return { other };
  const text = start.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^<(!doctype|html|head|table|meta|style)/i.test(text)) return { other: 'a web page (HTML)' };
  if (/^<\?xml/i.test(text)) return { other: 'an XML file' };
  if (/^(\{\s*"|\[\s*[[{])/.test(text)) return { other: 'JSON' };
  if (text.startsWith('{\\rtf')) return { other: 'an RTF document' };
  if (text.startsWith('BEGIN:VCARD')) return { other: 'a file of vCards' };
  return 'text';
}

/** All Office files since 2007 are ZIP archives. */
function kindOfArchive(start: string): FileKind {
  if (start.includes('application/vnd.oasis.opendocument')) return { other: 'an OpenDocument file (.ods)' };
  if (start.includes('word/')) return { other: 'a Word document' };
  const isOffice = /\[Content_Types\]\.xml|_rels\/|docProps\/|xl\//.test(start);
  return isOffice ? 'workbook' : { other: 'a ZIP archive' };
}
