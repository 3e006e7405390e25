package org.efficientzoo.zoo;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.weights.CheckpointCard;
import org.efficientzoo.zoo.weights.Sha256;

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
 * @param repository the repository, or the user's own
 * @param replace whether weights of that tag may be there already
 */
public record CheckpointImport(
        NetworkEntry network,
        String tag,
        Optional<String> dataset,
        Map<String, String> arguments,
        Optional<ClassNames> classes,
        Optional<Path> repository,
        boolean replace) {

    private static final String TAG_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.-]*";

    /**
     * What came of it.
     *
     * @param path the file that a look-up will read
     * @param tensors how many tensors it has
     * @param sha256 its SHA-256 in hexadecimal digits
     */
    public record Result(Path path, int tensors, String sha256) {}

    /** Checks the tag. */
    public CheckpointImport {
        arguments = Map.copyOf(arguments);
        if (!tag.matches(TAG_PATTERN) || tag.equals(Weights.UNTRAINED)) {
            throw new IllegalArgumentException(
                    "a tag must be letters, digits, '_', '.' and '-', and not none, found " + tag);
        }
    }

    /**
     * Imports a checkpoint.
     *
     * @param file the checkpoint, of any format that can be read
     * @return what came of it
     * @throws IOException if it cannot be read or the result cannot be written; nothing is left
     *     behind then
     * @throws MalformedModelException if the tensors do not fit the network
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
        String width = arguments.get("width");
        return (width == null || Double.parseDouble(width) == weights.width())
                && arguments.getOrDefault("stemStride", "4").equals("4");
    }

    /** The file of a publisher that could not be fetched. */
    private Result adopt(Path file, Weights weights) throws IOException, MalformedModelException {
        Published row = weights.published().orElseThrow();
        String hash = row.weights().orElseThrow().sha256();
        String found = Sha256.of(file);
        if (!found.startsWith(hash)) {
            throw new IOException(
                    "the weights %s of %s must have a SHA-256 that begins with %s, found %s; choose another tag for other weights"
                            .formatted(tag, network, hash, found));
        }
        Path target = PublishedFiles.converted(network, row);
        Files.createDirectories(target.getParent());
        int tensors = PublishedFiles.conversion(network, weights).convert(file, target);
        return new Result(target, tensors, Sha256.of(target));
    }

    private Result add(Path file) throws IOException, MalformedModelException {
        CheckpointCard card = NetworkCheckpoint.card(file, network);
        Map<String, Object> all = new LinkedHashMap<>(Weights.of(network).get(0).arguments());
        all.putAll(card.arguments());
        all.putAll(arguments);
        Optional<ClassNames> names = classes;
        if (names.isEmpty() && !card.classNames().isEmpty()) {
            names = Optional.of(ClassNames.ofLines(card.classNames()));
        }
        names.ifPresent(n -> all.put(ModelArguments.CLASSES, Integer.toString(n.size())));
        List<String> lines = names.map(ClassNames::lines).orElseGet(List::of);
        String source = card.source().orElseGet(() -> file.getFileName().toString());
        Conversion conversion = new Conversion(network, all, lines, card.licence(), source);
        if (names.isEmpty() && !arguments.containsKey(ModelArguments.CLASSES)) {
            conversion
                    .classes(file)
                    .ifPresent(n -> all.put(ModelArguments.CLASSES, Integer.toString(n)));
        }
        WeightsRepository target = new WeightsRepository(repository.orElseGet(Folders::repository));
        return target.add(
                network,
                Map.of(
                        Weights.DATASET,
                        dataset.orElseGet(() -> usualDataset(all, lines)),
                        Weights.TAG,
                        tag),
                all,
                replace,
                path -> conversion.convert(file, path));
    }

    /** Only ImageNet's 1000 classes need no names. */
    private static String usualDataset(Map<String, ?> arguments, List<String> names) {
        Object number = arguments.get(ModelArguments.CLASSES);
        return names.isEmpty() && "1000".equals(number) ? Weights.IMAGENET : "custom";
    }
}
