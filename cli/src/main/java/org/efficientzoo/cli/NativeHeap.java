package org.efficientzoo.cli;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * Keeps freed native memory in the process. The C library of Linux gives the arrays of a training
 * step back to the system and gets them again, page by page, in the next step: a quarter of a small
 * network's processor time went there.
 */
final class NativeHeap {

    private static final int M_TRIM_THRESHOLD = -1; // glibc's malloc.h
    private static final int M_TOP_PAD = -2;
    private static final int M_MMAP_THRESHOLD = -3;
    private static final int LARGEST_THRESHOLD = 32 << 20; // glibc allows no larger one
    private static final int PAD = 64 << 20;

    private NativeHeap() {}

    /** The C library, as far as it is needed. */
    interface Malloc extends Library {

        /** Sets a parameter of malloc; 0 if that is not possible. */
        int mallopt(int parameter, int value);
    }

    /** Asks the C library for it; where there is no such library, nothing changes. */
    static void keepFreedMemory() {
        if (!Platform.isLinux()) {
            return;
        }
        try {
            Malloc malloc = Native.load("c", Malloc.class);
            malloc.mallopt(M_MMAP_THRESHOLD, LARGEST_THRESHOLD);
            malloc.mallopt(M_TRIM_THRESHOLD, Integer.MAX_VALUE);
            malloc.mallopt(M_TOP_PAD, PAD);
        } catch (UnsatisfiedLinkError e) {
            return; // musl has no mallopt
        }
    }
}
