// Philox 4x32-10 (Salmon et al., SC 2011) in C: the same function as in @nasc/random. Dropout draws from it with the
// step's key and counter (block, image, salt, 0), so that a draw depends on nothing but what it is for.

/** C text of `${op}_philox`; every op has its own copy, because all sources share one translation unit. */
export const philoxSource = (op: string): string => `
/* Four uniform 32-bit words for a 128-bit counter and a 64-bit key. */
static void ${op}_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3], k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    const uint64_t product0 = (uint64_t)0xd2511f53u * c0, product1 = (uint64_t)0xcd9e8d57u * c2;
    c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)product1;
    c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)product0;
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}
`;
