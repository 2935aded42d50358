import type { ExportFormat } from './export.ts';

/** A file name for a segment's members: the letters and digits of its name, in any script. */
export function exportFileName(segmentName: string, segmentId: string, format: ExportFormat): string {
  const plain = segmentName
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return `${[...plain].slice(0, 80).join('') || segmentId}.${format}`;
}

/** The header that saves a file under that name (RFC 6266); what knows no Unicode there gets its plain characters. */
export function attachmentNamed(fileName: string): string {
  const plain = fileName
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^-\./, 'members.');
  const header = `attachment; filename="${plain}"`;
  return plain === fileName ? header : `${header}; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}
