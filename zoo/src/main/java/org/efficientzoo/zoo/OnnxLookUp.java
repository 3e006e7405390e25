package org.efficientzoo.zoo;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.engine.EngineStart;
import org.efficientzoo.zoo.file.ScratchFolder;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.onnx.OnnxExporter;
import org.efficientzoo.zoo.onnx.OnnxMetadata;
import org.efficientzoo.zoo.onnx.OnnxOptions;
import org.efficientzoo.zoo.torchscript.Nnpack;
import org.efficientzoo.zoo.weights.StateDict;

/**
 * Loads a network into ONNX Runtime by way of an ONNX file, which is kept for the next time.
 *
 * <p>A checkpoint needs no other engine. Where PyTorch is there, the network is built on it once
 * and the file compared with it.
 */
final class OnnxLookUp {

    static final String RUNTIME = "OnnxRuntime";

    private static final List<String> INITIALIZING =
            List.of(EfficientModelZoo.PYTORCH, EfficientModelZoo.MXNET);
    private static final OnnxOptions OPTIONS = OnnxOptions.DEFAULT.withDynamicSize(true);

    private final NetworkEntry network;
    private final ModelArguments arguments;
    private final Optional<LocalCheckpoint> values;
    private final Block block;
    private final boolean ownBlock;

    /**
     * Takes in what is looked up.
     *
     * @param values what fills the network; nothing for an untrained one
     * @param block the network, not initialised
     * @param ownBlock whether that is the user's own
     */
    OnnxLookUp(
            NetworkEntry network,
            ModelArguments arguments,
            Optional<LocalCheckpoint> values,
            Block block,
            boolean ownBlock) {
        this.network = network;
        this.arguments = arguments;
        this.values = values;
        this.block = block;
        this.ownBlock = ownBlock;
    }

    /**
     * Loads.
     *
     * @param model a model of ONNX Runtime, without a block
     * @param options DJL's options of such models, or null
     * @throws IllegalArgumentException if fresh values are needed, and there is no engine for them
     */
    void load(Model model, Map<String, ?> options) throws IOException, MalformedModelException {
        if (values.isPresent() && !arguments.skipHead() && !ownBlock) {
            OnnxCache cache = new OnnxCache(network.name(), key(values.get()));
            cache.read(this::export, file -> load(model, file, options));
            return;
        }
        try (ScratchFolder folder = ScratchFolder.temporary()) { // random: another each time
            Path file = folder.file(network.name() + ".onnx");
            export(file);
            load(model, file, options);
        }
    }

    /** DJL calls a model by the name of its file, unless it is given a folder and that name. */
    private static void load(Model model, Path file, Map<String, ?> options)
            throws IOException, MalformedModelException {
        model.load(file.getParent(), file.getFileName().toString(), options);
    }

    private String key(LocalCheckpoint checkpoint) throws IOException {
        String key =
                String.join(
                        "\n",
                        checkpoint.sha256(),
                        arguments.options().toString(),
                        options().toString());
        return arguments.force() ? key + "\nforce" : key; // others are to be told of bad values
    }

    /**
     * Compared with the network where PyTorch runs that; the key of a kept file tells them apart.
     */
    private static OnnxOptions options() {
        return OPTIONS.withVerify(Engine.hasEngine(EfficientModelZoo.PYTORCH));
    }

    private void export(Path file) throws IOException, MalformedModelException {
        boolean fresh = values.isEmpty() || arguments.skipHead();
        if (!fresh && !Engine.hasEngine(EfficientModelZoo.PYTORCH)) {
            try (NDManager manager = EngineStart.of(RUNTIME).newBaseManager();
                    NetworkCheckpoint checkpoint = values.get().open(network, arguments, block)) {
                checkpoint.fillPlainly(manager);
                write(options(), file);
            }
            return;
        }
        try (NDManager manager = initializingManager()) {
            Nnpack.leaveOutWhereItDoesNotRun();
            if (values.isEmpty()) {
                StateDict.initialize(block, manager, arguments.input());
            } else {
                try (NetworkCheckpoint checkpoint = values.get().open(network, arguments, block)) {
                    checkpoint.fill(manager);
                }
            }
            write(OPTIONS, file);
        }
    }

    /**
     * A manager of an engine that gives parameters fresh values.
     *
     * @throws IllegalArgumentException if there is none
     * @throws IOException if it does not start
     */
    static NDManager initializingManager() throws IOException {
        String engine =
                INITIALIZING.stream()
                        .filter(Engine::hasEngine)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "fresh values of a network come from PyTorch or MXNet, found neither on the class path"));
        return EngineStart.of(engine).newBaseManager(Device.cpu());
    }

    private void write(OnnxOptions options, Path file) throws IOException, MalformedModelException {
        OnnxMetadata metadata = OnnxMetadata.of(network.name());
        OnnxExporter.export(block, arguments.input(), options, metadata, file);
    }
}
