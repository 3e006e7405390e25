package org.efficientzoo.zoo;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.Block;
import ai.djl.nn.ParameterList;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.ParameterStore;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.util.PairList;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.efficientzoo.blocks.EfficientBlock;

/**
 * A model of this zoo. It closes when the calls of its predictors and its block that have begun in
 * other threads are over; later ones fail with an exception. Arrays that a user makes with its
 * manager close with it, whoever reads them.
 *
 * <p>Its artifacts are the file of its weights, if it has one, and what it was saved as.
 *
 * @param <I> the input of its usual predictor
 * @param <O> the output of its usual predictor
 */
final class LoadedModel<I, O> extends ZooModel<I, O> {

    private final Model model;
    private final RunningCalls calls;
    private final Map<String, URL> files;
    private final Map<String, Object> artifacts = new ConcurrentHashMap<>();

    /**
     * Takes a model over.
     *
     * @param model the engine's model, with its block
     * @param translator the usual translator
     * @param files the files that it was read from, by their names
     */
    LoadedModel(Model model, Translator<I, O> translator, Map<String, URL> files) {
        super(model, translator);
        this.model = model;
        this.calls = new RunningCalls("the model " + model.getName());
        this.files = Map.copyOf(files);
        if (isOnnx()) {
            model.setBlock(new GuardedBlock(this, model.getBlock(), calls));
        }
    }

    private boolean isOnnx() {
        return model.getNDManager().getEngine().getEngineName().equals(OnnxLookUp.RUNTIME);
    }

    @Override
    public Predictor<I, O> newPredictor(Device device) {
        return newPredictor(getTranslator(), device);
    }

    @Override
    public <P, Q> Predictor<P, Q> newPredictor(Translator<P, Q> translator, Device device) {
        return new GuardedPredictor<>(this, translator, device, calls);
    }

    @Override
    public void close() {
        if (!calls.finish()) {
            return;
        }
        if (getBlock() instanceof EfficientBlock block) {
            block.runIdle(super::close); // somebody may call it without a predictor
        } else {
            super.close();
        }
    }

    @Override
    public String[] getArtifactNames() {
        Set<String> names = new TreeSet<>(files.keySet());
        if (isSaved()) {
            names.addAll(Arrays.asList(super.getArtifactNames()));
        }
        return names.toArray(String[]::new);
    }

    /** The engine's model is in a folder once it is saved; ONNX Runtime's is in that of a cache. */
    private boolean isSaved() {
        return model.getModelPath() != null && !isOnnx();
    }

    @Override
    public URL getArtifact(String name) throws IOException {
        if (files.containsKey(name)) {
            return files.get(name);
        }
        if (isSaved()) {
            return super.getArtifact(name);
        }
        throw new FileNotFoundException(
                "the model %s has no artifact %s; there is %s"
                        .formatted(
                                getName(),
                                name,
                                files.isEmpty()
                                        ? "none"
                                        : String.join(", ", new TreeSet<>(files.keySet()))));
    }

    @Override
    public InputStream getArtifactAsStream(String name) throws IOException {
        return new BufferedInputStream(getArtifact(name).openStream());
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T getArtifact(String name, Function<InputStream, T> function) throws IOException {
        try {
            return (T) artifacts.computeIfAbsent(name, key -> read(key, function));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private <T> T read(String name, Function<InputStream, T> function) {
        try (InputStream in = getArtifactAsStream(name)) {
            return function.apply(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A predictor under whose calls neither it nor its model is closed. */
    private static final class GuardedPredictor<P, Q> extends Predictor<P, Q> {

        private final RunningCalls ofModel;
        private final RunningCalls own;

        GuardedPredictor(
                Model model, Translator<P, Q> translator, Device device, RunningCalls ofModel) {
            super(model, translator, device, false);
            this.ofModel = ofModel;
            this.own = new RunningCalls("the predictor of " + model.getName());
        }

        @Override
        public List<Q> batchPredict(List<P> inputs) throws TranslateException {
            begin(ofModel);
            try {
                begin(own);
                try {
                    return inputs.isEmpty() ? List.of() : super.batchPredict(inputs);
                } finally {
                    own.end();
                }
            } finally {
                ofModel.end();
            }
        }

        private static void begin(RunningCalls calls) throws TranslateException {
            try {
                calls.begin();
            } catch (IllegalStateException e) {
                throw new TranslateException(e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            if (own.finish()) {
                super.close();
            }
        }
    }

    /** ONNX Runtime's block, whose session does not wait for its calls before it closes. */
    private static final class GuardedBlock extends AbstractSymbolBlock {

        private final Model model; // DJL closes one that nobody refers to
        private final Block block;
        private final RunningCalls calls;

        GuardedBlock(Model model, Block block, RunningCalls calls) {
            this.model = model;
            this.block = block;
            this.calls = calls;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            calls.begin();
            try {
                return block.forward(store, inputs, training, params);
            } finally {
                calls.end();
            }
        }

        @Override
        public PairList<String, Shape> describeInput() {
            return block.describeInput();
        }

        @Override
        public Map<String, String> getCustomMetadata() {
            return block.getCustomMetadata();
        }

        @Override
        public ParameterList getDirectParameters() {
            return block.getDirectParameters();
        }

        @Override
        public String toString() {
            return model.getName() + " on " + OnnxLookUp.RUNTIME;
        }
    }
}
