package org.efficientzoo.zoo;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.efficientzoo.zoo.file.Directories;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.weights.Precision;

/**
 * Brings a checkpoint to where {@code Criteria} finds it by its tag: a repository of imported
 * weights, or, if the tag is that of a published checkpoint, the place of the fetched file.
 *
 * @param network the network that it is for
 * @param tag the tag
 * @param dataset what it was trained on; a guess by the number of classes if not said
 * @param arguments what builds the network and what its preprocessing needs, where that is neither
 *     in the file nor the network's usual way: the arguments of a look-up
 * @param classes the names of the classes, if they have any but ImageNet's
 * @param facts how good the weights are, and where they are from; the source and the licence that
 *     the file itself names otherwise
 * @param documents files that document the weights and are kept beside them
 * @param precision how floats are kept
 * @param repository the repository, or the user's own
 * @param replace whether weights of that tag may be there already, and values be imported that no
 *     sound network has, not a number for one
 */
public record CheckpointImport(
        NetworkEntry network,
        String tag,
        Optional<String> dataset,
        Map<String, String> arguments,
        Optional<ClassNames> classes,
        WeightsFacts facts,
        List<Path> documents,
        Precision precision,
        Optional<Path> repository,
        boolean replace) {

    /** What tells the published weights of one tag apart. */
    private static final List<NetworkOption> COMPARED =
            List.of(NetworkOption.WIDTH, NetworkOption.STEM_STRIDE);

    private static final String CUSTOM = "custom";
    private static final String NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.-]*";

    /**
     * What came of it.
     *
     * @param path the file that a look-up will read
     * @param tensors how many tensors it has
     * @param sha256 its SHA-256 in hexadecimal digits
     * @param notes what was chosen in the checkpoint or passed over, and what is wrong with values
     *     that were imported all the same; one line each
     */
    public record Result(Path path, int tensors, String sha256, List<String> notes) {

        /** Copies the notes. */
        public Result {
            notes = List.copyOf(notes);
        }
    }

    /**
     * Checks the tag and the name of the data set.
     *
     * @throws IllegalArgumentException if one has other characters than a name may have
     */
    public CheckpointImport {
        arguments = Map.copyOf(arguments);
        documents = List.copyOf(documents);
        if (!tag.matches(NAME_PATTERN) || tag.equals(Weights.UNTRAINED)) {
            throw new IllegalArgumentException(
                    "a tag must be letters, digits, '_', '.' and '-', and not none, found " + tag);
        }
        if (dataset.filter(name -> !name.matches(NAME_PATTERN)).isPresent()) {
            throw new IllegalArgumentException(
                    "the name of a data set must be letters, digits, '_', '.' and '-', found "
                            + dataset.get());
        }
    }

    /**
     * Imports a checkpoint.
     *
     * @param file the checkpoint, of any format that can be read
     * @return what came of it
     * @throws IOException if it cannot be read or the result cannot be written; nothing is left
     *     behind then, but where the weights to replace were replaced and the disk was full
     *     afterwards: a look-up then says that their hash is another
     * @throws MalformedModelException if the tensors do not fit the network
     * @throws IllegalArgumentException if a document is missing, or something is said of published
     *     weights
     */
    public Result run(Path file) throws IOException, MalformedModelException {
        Optional<Weights> published =
                Weights.of(network).stream()
                        .filter(w -> w.published().isPresent() && w.tag().equals(tag))
                        .filter(this::hasTheStructure)
                        .findFirst();
        return published.isPresent() ? adopt(file, published.get()) : add(file);
    }

    private boolean hasTheStructure(Weights weights) {
        return COMPARED.stream()
                .allMatch(
                        option -> {
                            String said = arguments.get(option.key());
                            return said == null
                                    || Double.parseDouble(said)
                                            == Double.parseDouble(weights.value(option));
                        });
    }

    /** Whether an argument says what the published weights say, too. */
    private static boolean isOf(Weights weights, Map.Entry<String, String> said) {
        return COMPARED.stream().anyMatch(option -> option.key().equals(said.getKey()))
                || said.getValue().equals(String.valueOf(weights.arguments().get(said.getKey())));
    }

    /** The file of a publisher that could not be fetched. */
    private Result adopt(Path file, Weights weights) throws IOException, MalformedModelException {
        if (precision != Precision.FLOAT32
                || !facts.equals(WeightsFacts.NONE)
                || !documents.isEmpty()
                || classes.isPresent()
                || repository.isPresent()
                || dataset.filter(name -> !name.equals(Weights.IMAGENET)).isPresent()
                || !arguments.entrySet().stream().allMatch(said -> isOf(weights, said))) {
            throw new IllegalArgumentException(
                    "the weights %s of %s are kept as published; choose another tag to say more of them, to store halves or in a repository of your own"
                            .formatted(tag, network));
        }
        Published row = weights.published().orElseThrow();
        String hash = row.weights().orElseThrow().sha256();
        String found = Sha256.of(file);
        if (!found.startsWith(hash)) {
            throw new IOException(
                    "the weights %s of %s must have a SHA-256 that begins with %s, found %s; choose another tag for other weights"
                            .formatted(tag, network, hash, found));
        }
        Path target = PublishedFiles.converted(network, row);
        if (hash.isEmpty() && Files.exists(target) && !replace) { // nobody knows whose file this is
            throw WeightsRepository.taken(network, tag);
        }
        Directories.make(target.getParent());
        return PublishedFiles.convert(PublishedFiles.conversion(network, weights), file, target);
    }

    private boolean said(String flag) {
        return arguments.getOrDefault(flag, "false").equals("true");
    }

    private Result add(Path file) throws IOException, MalformedModelException {
        CheckpointCard card = NetworkCheckpoint.card(file, network);
        boolean freshHead = said(ModelArguments.SKIP_HEAD);
        Map<String, Object> all = new LinkedHashMap<>(Weights.of(network).get(0).arguments());
        all.putAll(card.arguments());
        all.putAll(arguments);
        Optional<ClassNames> names = classes.or(() -> freshHead ? Optional.empty() : names(card));
        names.ifPresent(n -> all.put(ModelArguments.CLASSES, Integer.toString(n.size())));
        if (names.isEmpty() && !arguments.containsKey(ModelArguments.CLASSES)) {
            if (freshHead) {
                throw new IllegalArgumentException(
                        "a fresh classifier needs its number of classes (--classes-file FILE or --argument classes=N)");
            }
            conversion(file, card, all, List.of())
                    .classes(file)
                    .ifPresent(n -> all.put(ModelArguments.CLASSES, Integer.toString(n)));
        }
        List<String> lines =
                names.or(() -> knownNames(all)).map(ClassNames::lines).orElse(List.of());
        String trainedOn = dataset.orElseGet(() -> freshHead ? CUSTOM : usualDataset(all, lines));
        if (!replace) {
            checkFree(trainedOn);
        }
        Conversion conversion = conversion(file, card, all, lines);
        Map<String, Object> kept = new LinkedHashMap<>(all);
        kept.keySet().removeAll(List.of(ModelArguments.SKIP_HEAD, ModelArguments.FORCE));
        Optional<String> bad = conversion.badValues(file);
        if (bad.isPresent()) {
            if (!conversion.anyValues()) {
                throw new MalformedModelException(
                        "%s cannot be imported: %s; --force imports it all the same"
                                .formatted(file, bad.get()));
            }
            kept.put(ModelArguments.FORCE, "true"); // so that look-ups take what was kept
        }
        WeightsAddition addition =
                new WeightsAddition(
                        Map.of(Weights.DATASET, trainedOn, Weights.TAG, tag),
                        kept,
                        new WeightsFacts(
                                facts.top1(),
                                facts.top5(),
                                facts.source(),
                                facts.license().or(card::license)),
                        documents);
        WeightsRepository target = new WeightsRepository(repository.orElseGet(Folders::repository));
        Result result =
                target.add(network, addition, replace, path -> conversion.convert(file, path));
        List<String> notes = new ArrayList<>(result.notes());
        bad.ifPresent(notes::add);
        if (freshHead) {
            notes.add("the classifier is fresh, to be trained");
        }
        return new Result(result.path(), result.tensors(), result.sha256(), notes);
    }

    private Conversion conversion(
            Path file, CheckpointCard card, Map<String, Object> all, List<String> lines) {
        String source =
                facts.source().or(card::source).orElseGet(() -> file.getFileName().toString());
        Optional<String> license = facts.license().or(card::license);
        boolean anyValues = replace || said(ModelArguments.FORCE);
        Map<String, Object> arguments = new LinkedHashMap<>(all);
        arguments.put(ModelArguments.FORCE, anyValues);
        return new Conversion(network, arguments, lines, license, source, precision, anyValues);
    }

    private static Optional<ClassNames> names(CheckpointCard card) {
        return Optional.of(card.classNames())
                .filter(lines -> !lines.isEmpty())
                .map(ClassNames::ofCard);
    }

    /** The names that the classes of the data set are known to have; ImageNet's need no saying. */
    private Optional<ClassNames> knownNames(Map<String, ?> all) {
        return dataset.filter(name -> !name.equals(Weights.IMAGENET))
                .flatMap(ClassNames::ofDataset)
                .filter(n -> Integer.toString(n.size()).equals(all.get(ModelArguments.CLASSES)));
    }

    /** Those that ship with the zoo are in no repository that could tell. */
    private void checkFree(String trainedOn) throws IOException {
        boolean ships =
                Weights.of(network).stream()
                        .anyMatch(
                                w ->
                                        w.isShipped()
                                                && w.tag().equals(tag)
                                                && w.dataset().equals(trainedOn));
        if (ships) {
            throw WeightsRepository.taken(network, tag);
        }
    }

    /** Only ImageNet's 1000 classes need no names. */
    private static String usualDataset(Map<String, ?> arguments, List<String> names) {
        Object number = arguments.get(ModelArguments.CLASSES);
        return names.isEmpty() && "1000".equals(number) ? Weights.IMAGENET : CUSTOM;
    }
}
