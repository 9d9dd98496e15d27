// Writes small tar archives (ustar headers).

export const tarEntry = (path: string, content: Uint8Array, type = '0'): Buffer => {
  const header = Buffer.alloc(512);
  header.write(path, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\u000000', 257);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
};

export const tar = (files: Readonly<Record<string, Uint8Array>>): Buffer =>
  Buffer.concat([...Object.entries(files).map(([path, content]) => tarEntry(path, content)), Buffer.alloc(1024)]);
