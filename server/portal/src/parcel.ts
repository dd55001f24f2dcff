/** Parcel references as people write them, out of the 14-character identifier. */

export interface ParcelReference {
  insee: string;
  /** Empty for the usual `000`; otherwise the former commune's three digits. */
  prefix: string;
  section: string;
  number: string;
}

const identifier = /^(\d[\dAB]\d{3})(\d{3})([0-9A-Z]{2})(\d{4})$/;

export function parseParcelId(id: string): ParcelReference | null {
  const parts = identifier.exec(id);
  if (!parts) return null;
  const [, insee = '', prefix = '', section = '', number = ''] = parts;
  return {
    insee,
    prefix: prefix === '000' ? '' : prefix,
    section: section.replace(/^0/, ''),
    number: number.replace(/^0+(?=\d)/, ''),
  };
}

/** "AB 12", or "123 AB 12" in a commune that was merged. */
export function formatParcel({ prefix, section, number }: ParcelReference): string {
  return [prefix, section, number].filter((part) => part !== '').join(' ');
}
