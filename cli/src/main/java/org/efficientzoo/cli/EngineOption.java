package org.efficientzoo.cli;

import ai.djl.util.Utils;
import org.efficientzoo.benchmark.Engines;
import picocli.CommandLine.Option;

/**
 * Which engine computes. One process loads one engine: beside MXNet, PyTorch would fall to a single
 * thread.
 */
final class EngineOption {

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description =
                    "PyTorch, MXNet or, for predictions alone, OnnxRuntime; PyTorch by default")
    private String engine;

    /**
     * Settings that DJL and loggers read when they are touched first.
     *
     * @param verbose whether it is shown which layout PyTorch computes in, and why
     */
    static void prepare(boolean verbose) {
        if (verbose) {
            setDefault(
                    "org.slf4j.simpleLogger.log.org.efficientzoo.zoo.torchscript.LayoutCheck",
                    "debug");
        }
        setDefault("OPT_OUT_TRACKING", "true"); // DJL sends usage pings otherwise
        setDefault("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        setDefault("org.slf4j.simpleLogger.log.ai.djl.util.cuda.CudaUtils", "error");
        setDefault(
                "org.slf4j.simpleLogger.log.ai.djl.onnxruntime.engine.OrtEngine", "error"); // same
        setDefault("java.awt.headless", "true");
        setDefault("jdk.http.auth.tunneling.disabledSchemes", ""); // else no password for a proxy
        // The natives are in lib/, so DJL has nothing to fetch; weights are fetched all the same,
        // unless the user says that nothing is.
        boolean offline = Utils.isOfflineMode();
        setDefault("efficientzoo.offline", Boolean.toString(offline));
        setDefault("ai.djl.offline", "true");
    }

    private static void setDefault(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    /**
     * Refuses ONNX Runtime, which runs files and no blocks.
     *
     * @param what what needs the blocks
     */
    void needBlocks(String what) {
        if (engine != null && !Engines.hasPlain(engine)) {
            throw new IllegalArgumentException(
                    "%s needs the engine PyTorch or MXNet, found %s".formatted(what, engine));
        }
    }

    /** The engine's name as DJL spells it, made DJL's default before DJL is touched. */
    String select() {
        return select(Engines.PYTORCH);
    }

    /** The same, with another engine by default. */
    String select(String usual) {
        String name = Engines.named(engine == null ? usual : engine); // DJL needs its default one
        System.setProperty("ai.djl.default_engine", name);
        setDefault("ai.djl.onnx.disable_alternative", "true"); // else it loads PyTorch in any case
        NativeHeap.keepFreedMemory();
        return name;
    }
}
