package org.efficientzoo.zoo;

import ai.djl.Application;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.repository.MRL;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelLoader;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.weights.SafetensorsFile;
import org.efficientzoo.zoo.weights.StateDict;
import org.efficientzoo.zoo.weights.TensorSource;

/** Loads one network of the registry. */
final class EfficientModelLoader implements ModelLoader {

    private final MRL mrl;
    private final NetworkEntry network;

    EfficientModelLoader(MRL mrl, NetworkEntry network) {
        this.mrl = mrl;
        this.network = network;
    }

    @Override
    public String getGroupId() {
        return mrl.getGroupId();
    }

    @Override
    public String getArtifactId() {
        return mrl.getArtifactId();
    }

    @Override
    public Application getApplication() {
        return mrl.getApplication();
    }

    @Override
    public MRL getMrl() {
        return mrl;
    }

    @Override
    public <I, O> ZooModel<I, O> loadModel(Criteria<I, O> criteria)
            throws IOException, ModelNotFoundException, MalformedModelException {
        try {
            return load(criteria);
        } catch (IllegalArgumentException e) {
            if (criteria.getArtifactId() != null) {
                throw e;
            }
            throw new ModelNotFoundException(e.getMessage(), e); // another network may fit
        }
    }

    private <I, O> ZooModel<I, O> load(Criteria<I, O> criteria)
            throws IOException, ModelNotFoundException, MalformedModelException {
        Map<String, Object> own = Optional.ofNullable(criteria.getArguments()).orElseGet(Map::of);
        Map<String, String> filters = Optional.ofNullable(criteria.getFilters()).orElseGet(Map::of);
        Weights weights = new WeightsChoice(network, filters, own).choose();
        Map<String, Object> arguments = new LinkedHashMap<>(weights.arguments());
        arguments.putAll(own);
        ModelArguments parsed = ModelArguments.of(arguments);
        TranslatorFactory factory =
                Optional.ofNullable(criteria.getTranslatorFactory())
                        .orElseGet(EfficientTranslatorFactory::new);
        Class<I> input = criteria.getInputClass();
        Class<O> output = criteria.getOutputClass();
        if (!factory.isSupported(input, output)) {
            throw new ModelNotFoundException(LookUp.types(network, factory, input, output));
        }
        Block block =
                Optional.ofNullable(criteria.getBlock())
                        .orElseGet(() -> network.build(parsed.options()));
        String name = Optional.ofNullable(criteria.getModelName()).orElse(network.name());
        Model model = Model.newInstance(name, criteria.getDevice(), engine(criteria));
        try {
            model.setBlock(block);
            model.setDataType(DataType.FLOAT32);
            arguments.forEach((key, value) -> model.setProperty(key, value.toString()));
            fill(model, parsed);
            Translator<I, O> translator = factory.newInstance(input, output, model, arguments);
            return new ZooModel<>(model, translator);
        } catch (TranslateException e) {
            model.close();
            throw new MalformedModelException(e.getMessage(), e);
        } catch (UncheckedIOException e) {
            model.close();
            throw e.getCause();
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static void fill(Model model, ModelArguments arguments)
            throws IOException, MalformedModelException {
        if (arguments.weightsFile().isEmpty()) {
            StateDict.initialize(model.getBlock(), model.getNDManager(), arguments.input());
            return;
        }
        Path file = arguments.weightsFile().get();
        try (TensorSource source = SafetensorsFile.open(file)) {
            new StateDict(model.getBlock(), arguments.input(), arguments.skipHead())
                    .load(source, model.getNDManager());
        }
    }

    private static String engine(Criteria<?, ?> criteria) throws ModelNotFoundException {
        String asked = criteria.getEngine();
        if (asked != null) {
            if (!Engine.hasEngine(asked)) {
                throw new ModelNotFoundException(LookUp.engine(asked));
            }
            return asked;
        }
        String usual = Engine.getDefaultEngineName();
        if (EfficientModelZoo.ENGINES.contains(usual)) {
            return usual;
        }
        return EfficientModelZoo.ENGINES.stream()
                .filter(Engine::hasEngine)
                .findFirst()
                .orElseThrow(() -> new ModelNotFoundException(LookUp.engine("any")));
    }

    @Override
    public <I, O> boolean isDownloaded(Criteria<I, O> criteria) {
        return true;
    }

    @Override
    public <I, O> void downloadModel(Criteria<I, O> criteria, Progress progress) {
        // everything is inside the jar
    }
}
