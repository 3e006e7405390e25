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
import java.net.URL;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.efficientzoo.zoo.download.DownloadListener;
import org.efficientzoo.zoo.engine.EngineStart;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.torchscript.Nnpack;
import org.efficientzoo.zoo.weights.StateDict;

/** Loads one network of the registry. */
final class EfficientModelLoader implements ModelLoader {

    private final ClassPathRepository repository;
    private final NetworkEntry network;
    private final MRL mrl;

    EfficientModelLoader(ClassPathRepository repository, NetworkEntry network) {
        this.repository = repository;
        this.network = network;
        this.mrl = repository.mrl(network.name());
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
        Weights weights = choose(criteria);
        if (criteria.getArtifactId() == null && !own.containsKey(ModelArguments.WEIGHTS_FILE)) {
            mustBeHere(weights);
        }
        Optional<LocalCheckpoint> values =
                values(weights, own, DownloadProgress.of(criteria.getProgress()));
        Map<String, Object> arguments = arguments(weights, values, filters, own);
        ModelArguments parsed = ModelArguments.of(arguments);
        Map<String, URL> files = values.isPresent() ? values.get().files() : Map.of();
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
        String engine = engine(criteria);
        EngineStart.check(EngineStart.of(engine), Optional.ofNullable(criteria.getDevice()));
        Model model = Model.newInstance(name, criteria.getDevice(), engine);
        Nnpack.leaveOutWhereItDoesNotRun();
        try {
            arguments.forEach((key, value) -> model.setProperty(key, value.toString()));
            model.setProperty(Weights.TAG, weights.tag());
            if (engine.equals(OnnxLookUp.RUNTIME)) {
                boolean ownBlock = criteria.getBlock() != null;
                new OnnxLookUp(network, parsed, values, block, ownBlock)
                        .load(model, criteria.getOptions());
            } else {
                model.setBlock(block);
                model.setDataType(DataType.FLOAT32);
                fill(model, parsed, values);
            }
            Translator<I, O> translator = factory.newInstance(input, output, model, arguments);
            return new LoadedModel<>(model, translator, files);
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

    /** A look-up that does not say which network it wants makes nobody wait for a download. */
    private static void mustBeHere(Weights weights) throws ModelNotFoundException {
        if (!weights.isUntrained() && !weights.isLocal()) {
            throw new ModelNotFoundException(
                    "the weights %s of %s are fetched only for a look-up that names the network"
                            .formatted(weights.tag(), weights.network()));
        }
    }

    /** What fills the network, fetched if it has to be; nothing for the untrained network. */
    private Optional<LocalCheckpoint> values(
            Weights weights, Map<String, ?> own, DownloadListener listener) throws IOException {
        if (own.containsKey(ModelArguments.WEIGHTS_FILE)) {
            Path file = Path.of(own.get(ModelArguments.WEIGHTS_FILE).toString());
            return Optional.of(new LocalCheckpoint.InFile(file));
        }
        if (weights.isUntrained()) {
            return Optional.empty();
        }
        if (weights.isShipped()) {
            return Optional.of(
                    new LocalCheckpoint.InMemory(
                            repository.read(weights), repository.url(weights)));
        }
        Path file = PublishedFiles.path(network, weights, listener);
        if (weights.isImported()) {
            WeightsRepository.check(network, file);
        }
        return Optional.of(new LocalCheckpoint.InFile(file));
    }

    /**
     * What builds the network and its preprocessing. A file of one's own that says what it needs
     * knows better than the network, but a tag that is asked for knows better than the file; what
     * the look-up itself says comes last.
     */
    private Map<String, Object> arguments(
            Weights weights,
            Optional<LocalCheckpoint> values,
            Map<String, String> filters,
            Map<String, ?> own)
            throws IOException {
        Map<String, Object> said = new LinkedHashMap<>();
        if (values.isPresent()) {
            said.putAll(NetworkCheckpoint.arguments(values.get().card(network)));
        }
        Map<String, Object> all = new LinkedHashMap<>();
        boolean tagged =
                filters.containsKey(Weights.TAG) || !own.containsKey(ModelArguments.WEIGHTS_FILE);
        all.putAll(tagged ? said : weights.arguments());
        all.putAll(tagged ? weights.arguments() : said);
        boolean otherClasses =
                own.containsKey(ModelArguments.CLASSES)
                        && (skipsHead(own) || !sameClasses(all, own));
        all.putAll(own);
        if (otherClasses) { // another classifier's
            all.remove(ModelArguments.CLASS_NAMES);
        }
        return all;
    }

    private static boolean skipsHead(Map<String, ?> own) {
        return Boolean.parseBoolean(Objects.toString(own.get(ModelArguments.SKIP_HEAD)));
    }

    private static boolean sameClasses(Map<String, ?> one, Map<String, ?> other) {
        return Objects.equals(
                Objects.toString(one.get(ModelArguments.CLASSES)),
                Objects.toString(other.get(ModelArguments.CLASSES)));
    }

    private void fill(Model model, ModelArguments arguments, Optional<LocalCheckpoint> values)
            throws IOException, MalformedModelException {
        if (values.isEmpty()) {
            StateDict.initialize(model.getBlock(), model.getNDManager(), arguments.input());
            return;
        }
        try (NetworkCheckpoint checkpoint =
                values.get().open(network, arguments, model.getBlock())) {
            checkpoint.fill(model.getNDManager());
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

    private Weights choose(Criteria<?, ?> criteria) throws IOException, ModelNotFoundException {
        List<Weights> all;
        try {
            all = Weights.of(network, repository);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new WeightsChoice(
                        network,
                        all,
                        Optional.ofNullable(criteria.getFilters()).orElseGet(Map::of),
                        Optional.ofNullable(criteria.getArguments()).orElseGet(Map::of))
                .choose();
    }

    @Override
    public <I, O> boolean isDownloaded(Criteria<I, O> criteria)
            throws IOException, ModelNotFoundException {
        Weights weights = choose(criteria);
        return weights.isUntrained() || weights.isLocal();
    }

    @Override
    public <I, O> void downloadModel(Criteria<I, O> criteria, Progress progress)
            throws IOException, ModelNotFoundException {
        Weights weights = choose(criteria);
        if (!weights.isUntrained() && !weights.isLocal()) {
            PublishedFiles.path(network, weights, DownloadProgress.of(progress));
        }
    }
}
