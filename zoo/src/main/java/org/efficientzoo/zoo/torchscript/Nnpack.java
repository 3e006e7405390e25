package org.efficientzoo.zoo.torchscript;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells PyTorch not to ask for NNPACK where that does not run, as on virtual machines that hide the
 * processor's caches. PyTorch would ask at each convolution that one thread computes, and write
 * "Could not initialize NNPACK!" each time. What it computes stays the same.
 */
public final class Nnpack {

    private static final String LIBRARY = "/libtorch_cpu.so";
    private static final Object[] NOTHING = {};
    private static final int ERRORS = 2; // GLOG_ERROR of c10/util/logging_is_not_google_glog.h

    private static boolean looked;

    private Nnpack() {}

    /**
     * Looks whether NNPACK runs, once PyTorch is loaded, and switches it off in PyTorch where it
     * does not. Nothing changes on other systems than Linux.
     */
    public static synchronized void leaveOutWhereItDoesNotRun() {
        if (looked) {
            return;
        }
        try {
            Optional<NativeLibrary> torch = torch();
            if (torch.isPresent()) {
                looked = true;
                leaveOut(torch.get());
            }
        } catch (LinkageError e) {
            looked = true; // no JNA here, or other names: PyTorch goes on writing
        }
    }

    private static void leaveOut(NativeLibrary torch) {
        if (isAvailable(torch)) {
            return;
        }
        Pointer context = torch.getFunction("_ZN2at13globalContextEv").invokePointer(NOTHING);
        torch.getFunction("_ZN2at7Context20setUserEnabledNNPACKEb")
                .invokeVoid(new Object[] {context, 0});
    }

    /** PyTorch's own answer, but for the warning. */
    private static boolean isAvailable(NativeLibrary torch) {
        Path core = torch.getFile().toPath().resolveSibling("libc10.so");
        Pointer level =
                NativeLibrary.getInstance(core.toString())
                        .getGlobalVariableAddress("FLAGS_caffe2_log_level");
        int usual = level.getInt(0);
        level.setInt(0, ERRORS);
        int available = torch.getFunction("_ZN2at6native17_nnpack_availableEv").invokeInt(NOTHING);
        level.setInt(0, usual);
        return (available & 0xff) != 0; // a bool is one byte
    }

    /** DJL's copy of PyTorch, which no other library of the process sees. */
    private static Optional<NativeLibrary> torch() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.endsWith(LIBRARY))
                    .map(line -> line.substring(line.indexOf('/')))
                    .findFirst()
                    .map(NativeLibrary::getInstance);
        } catch (IOException e) {
            return Optional.empty(); // not Linux
        }
    }
}
