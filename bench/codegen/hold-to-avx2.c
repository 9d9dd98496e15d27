/* Loaded into a process, makes the processor look as if it had no AVX-512 (and no AMX, AVX-VNNI): libraries that choose their kernels
   by CPUID, and have no setting for that, then choose those for AVX2. Linux lets a process have its CPUID instructions fault
   (arch_prctl(2), ARCH_SET_CPUID, where the processor can do that); the handler answers them without the bits. The loader ends with an
   error, because this is no module of Node; the library stays (-z nodelete). $NASC_HELD_TO_AVX2 tells that it worked. */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <cpuid.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

static struct sigaction nasc_before;

static unsigned nasc_bit(int place) { return 1u << place; }

/* Places of the bits: Intel SDM, volume 2, CPUID, leaf 7. */
static void nasc_hide(unsigned leaf, unsigned part, unsigned *a, unsigned *b, unsigned *c, unsigned *d) {
  if (leaf != 7) return;
  if (part == 0) {
    *b &= ~(nasc_bit(16) | nasc_bit(17) | nasc_bit(21) | nasc_bit(26) | nasc_bit(27) | nasc_bit(28) | nasc_bit(30) | nasc_bit(31));
    *c &= ~(nasc_bit(1) | nasc_bit(6) | nasc_bit(11) | nasc_bit(12) | nasc_bit(14));
    *d &= ~(nasc_bit(2) | nasc_bit(3) | nasc_bit(8) | nasc_bit(22) | nasc_bit(23) | nasc_bit(24) | nasc_bit(25));
  }
  if (part == 1) *a &= ~(nasc_bit(4) | nasc_bit(5) | nasc_bit(21));
}

static void nasc_answer(int signal_number, siginfo_t *information, void *context) {
  greg_t *const registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  /* A fault at an address is somebody else's; only for others are the bytes at the instruction pointer worth a look. */
  const unsigned char *const at = (const unsigned char *)registers[REG_RIP];
  if (information->si_code != SI_KERNEL || at[0] != 0x0f || at[1] != 0xa2) {
    sigaction(signal_number, &nasc_before, 0); /* happens again, and is answered as before */
    return;
  }
  const unsigned leaf = (unsigned)registers[REG_RAX], part = (unsigned)registers[REG_RCX];
  unsigned a, b, c, d;
  syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1);
  __cpuid_count(leaf, part, a, b, c, d);
  syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0);
  nasc_hide(leaf, part, &a, &b, &c, &d);
  registers[REG_RAX] = a;
  registers[REG_RBX] = b;
  registers[REG_RCX] = c;
  registers[REG_RDX] = d;
  registers[REG_RIP] += 2;
}

__attribute__((constructor)) static void nasc_hold(void) {
  struct sigaction action = {.sa_sigaction = nasc_answer, .sa_flags = SA_SIGINFO};
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGSEGV, &action, &nasc_before) != 0) return;
  if (syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0) != 0) {
    sigaction(SIGSEGV, &nasc_before, 0);
    return;
  }
  unsigned a, b, c, d;
  __cpuid_count(7, 0, a, b, c, d);
  if (!(b & nasc_bit(16))) setenv("NASC_HELD_TO_AVX2", "1", 1);
}
