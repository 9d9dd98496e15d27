// How much of a compiled object is loaded into memory: its sections of code and data, read from the ELF section headers (System V ABI,
// chapter 4).

const allocated = 0x2;
const withoutContent = 8;

/** Bytes of all sections that are loaded and have content (`size` calls them text and data); undefined where the file is no ELF object. */
export const loadedBytes = (object: Uint8Array): number | undefined => {
  const view = new DataView(object.buffer, object.byteOffset, object.byteLength);
  if (object.byteLength < 52 || view.getUint32(0) !== 0x7f454c46) return undefined;
  const wide = object[4] === 2;
  const little = object[5] === 1;
  const word = (offset: number): number => view.getUint32(offset, little);
  const address = (offset: number): number => (wide ? Number(view.getBigUint64(offset, little)) : word(offset));
  const headers = address(wide ? 0x28 : 0x20);
  const headerBytes = view.getUint16(wide ? 0x3a : 0x2e, little);
  const count = view.getUint16(wide ? 0x3c : 0x30, little);
  let bytes = 0;
  for (let header = headers, index = 0; index < count; index++, header += headerBytes) {
    const flags = address(header + 8);
    if ((flags & allocated) !== 0 && word(header + 4) !== withoutContent) bytes += address(header + (wide ? 0x20 : 0x14));
  }
  return bytes;
};
