/*
 * Lets a process on an Intel processor believe that it runs on an AMD one whose hypervisor hides the sizes of the caches.
 *
 * On such a machine with AVX-512, oneDNN in libtorch 2.7.1 kills the process or computes wrong values with 1x1 convolutions in
 * the channels-last layout (docs/adr/0005). It asks the CPUID instruction, so this answers it: Linux lets CPUID fail in a
 * process (arch_prctl ARCH_SET_CPUID, where /proc/cpuinfo has the flag cpuid_fault), and the handler of that signal changes the
 * vendor in leaf 0 and empties leaf 4 (the caches). The leaves of AMD processors that list the caches are missing on Intel's.
 *
 *     cc -O1 -shared -fPIC -o hidden-caches.so hidden-caches.c && LD_PRELOAD=./hidden-caches.so java ...
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define ARCH_SET_CPUID 0x1012

typedef int (*sigaction_function)(int, const struct sigaction *, struct sigaction *);

/* what the process itself, that is the JVM, wants of a segmentation fault */
static struct sigaction wanted;

static int real_sigaction(int signal, const struct sigaction *action, struct sigaction *old) {
    return ((sigaction_function) dlsym(RTLD_NEXT, "sigaction"))(signal, action, old);
}

static void answer(greg_t *registers) {
    unsigned leaf = registers[REG_RAX], part = registers[REG_RCX], a, b, c, d;
    syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1);
    __cpuid_count(leaf, part, a, b, c, d);
    syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0);
    if (leaf == 0) {
        memcpy(&b, "Auth", 4);
        memcpy(&d, "enti", 4);
        memcpy(&c, "cAMD", 4);
    } else if (leaf == 4) {
        a = b = c = d = 0;
    }
    registers[REG_RAX] = a;
    registers[REG_RBX] = b;
    registers[REG_RCX] = c;
    registers[REG_RDX] = d;
    registers[REG_RIP] += 2;
}

static void handle(int signal, siginfo_t *information, void *context) {
    greg_t *registers = ((ucontext_t *) context)->uc_mcontext.gregs;
    const unsigned char *code = (const unsigned char *) registers[REG_RIP];
    if (information->si_code == SI_KERNEL && code[0] == 0x0f && code[1] == 0xa2) {
        answer(registers);
    } else if (wanted.sa_flags & SA_SIGINFO) {
        wanted.sa_sigaction(signal, information, context);
    } else if (wanted.sa_handler != SIG_DFL && wanted.sa_handler != SIG_IGN) {
        wanted.sa_handler(signal);
    } else {
        real_sigaction(SIGSEGV, &wanted, NULL);
    }
}

/* keeps our handler in place when the JVM sets its own, and remembers that one */
int sigaction(int signal, const struct sigaction *action, struct sigaction *old) {
    if (signal != SIGSEGV) {
        return real_sigaction(signal, action, old);
    }
    if (old) {
        *old = wanted;
    }
    if (action) {
        wanted = *action;
    }
    return 0;
}

__attribute__((constructor)) static void start(void) {
    struct sigaction own = {0};
    own.sa_sigaction = handle;
    own.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    real_sigaction(SIGSEGV, &own, NULL);
    if (syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0)) {
        perror("hidden-caches: this processor or kernel cannot let CPUID fail");
        exit(125);
    }
}
