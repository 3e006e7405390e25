package org.efficientzoo.reference;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.stream.Stream;

/** The engines that every test of numbers runs on; both must be there. */
public final class Engines {

    public static final String PYTORCH = "PyTorch";
    public static final String MXNET = "MXNet";

    private Engines() {}

    public static List<String> names() {
        return List.of(PYTORCH, MXNET);
    }

    static Stream<String> stream() {
        return names().stream();
    }

    public static NDManager manager(String engine) {
        return Engine.getEngine(engine).newBaseManager();
    }
}
