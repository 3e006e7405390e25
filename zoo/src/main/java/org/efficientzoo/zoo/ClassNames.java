package org.efficientzoo.zoo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.efficientzoo.zoo.file.SmallFile;

/**
 * A list of classes in the order of a network's outputs, one a line: the name of the class's
 * folder, a tab, and the name to show, which may be left out.
 *
 * <p>Without tabs a first word that has a digit is the folder ({@code n01440764 tench}). Otherwise
 * the whole line is shown ({@code golden retriever}), and its first word is the folder, or the
 * whole line where first words are not unique.
 *
 * @param folders the names of the folders, without duplicates
 * @param names the names to show, as many
 */
public record ClassNames(List<String> folders, List<String> names) {

    private static final String CIFAR10 = "cifar10";
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Pattern SPACE = Pattern.compile(" +");
    private static final Pattern DIGIT = Pattern.compile("\\d");
    private static final Pattern TAB = Pattern.compile("\t");
    private static final Pattern UNWRITABLE = Pattern.compile("[\t\r\n\uFEFF]");

    /**
     * Checks the list.
     *
     * @throws IllegalArgumentException if it is empty, uneven, or a folder stands twice
     */
    public ClassNames {
        folders = List.copyOf(folders);
        names = List.copyOf(names);
        if (folders.isEmpty()) {
            throw new IllegalArgumentException(
                    "a class list must have at least one class, found 0");
        }
        if (folders.size() != names.size()) {
            throw new IllegalArgumentException(
                    "a class list must have a name for each folder, found %d folders, %d names"
                            .formatted(folders.size(), names.size()));
        }
        Set<String> seen = new HashSet<>();
        for (String folder : folders) {
            if (!seen.add(folder)) {
                throw new IllegalArgumentException("the class " + folder + " is listed twice");
            }
        }
    }

    /**
     * Reads a class list.
     *
     * @param file the file, UTF-8
     * @return the list
     * @throws IOException if it cannot be read or is no class list; the message says why
     */
    public static ClassNames read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory, not a class list");
        }
        try {
            return ofLines(SmallFile.lines(file, SmallFile.MOST));
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(file.toString(), null, "there is no such class list");
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no class list: " + e.getMessage(), e);
        }
    }

    /**
     * The classes of ImageNet-1k, folders being their WordNet numbers.
     *
     * @return the list
     */
    public static ClassNames imagenet() {
        return resource(Weights.IMAGENET);
    }

    /**
     * The classes of CIFAR-10, folders being their names.
     *
     * @return the list
     */
    public static ClassNames cifar10() {
        return resource(CIFAR10);
    }

    /** The classes of a data set by its name, if this zoo knows it and its classes have names. */
    static Optional<ClassNames> ofDataset(String dataset) {
        return switch (dataset) {
            case Weights.IMAGENET -> Optional.of(imagenet());
            case CIFAR10 -> Optional.of(cifar10());
            default -> Optional.empty();
        };
    }

    private static ClassNames resource(String dataset) {
        try (Reader reader = new ClassPathRepository().reader("classes/" + dataset + ".txt")) {
            return ofLines(new BufferedReader(reader).lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Classes without names, numbered from 0.
     *
     * @param count how many there are
     * @return the list
     */
    public static ClassNames numbered(int count) {
        return ofLines(IntStream.range(0, count).mapToObj(Integer::toString).toList());
    }

    /**
     * Reads the lines of a class list.
     *
     * @param lines the lines
     * @return the list
     * @throws IllegalArgumentException if they are no class list
     */
    static ClassNames ofLines(List<String> lines) {
        List<String> classes =
                lines.stream()
                        .map(line -> line.replace(BYTE_ORDER_MARK, "").strip())
                        .filter(line -> !line.isEmpty())
                        .toList();
        boolean tabs = classes.stream().anyMatch(line -> line.contains("\t"));
        Pattern gap = tabs ? TAB : SPACE;
        List<String> first = classes.stream().map(line -> gap.split(line, 2)[0].strip()).toList();
        boolean whole = !tabs && Set.copyOf(first).size() < first.size();
        boolean identifiers =
                classes.stream()
                        .map(line -> gap.split(line, 2))
                        .allMatch(parts -> parts.length < 2 || DIGIT.matcher(parts[0]).find());
        List<String> folders = whole ? classes : first;
        List<String> names = new ArrayList<>();
        for (String line : classes) {
            String[] parts = gap.split(line, 2);
            names.add(tabs || (identifiers && !whole) ? parts[parts.length - 1].strip() : line);
        }
        return new ClassNames(folders, names);
    }

    /**
     * Takes the names that a checkpoint has in its metadata: each as it is, or a folder, a tab and
     * the name. Where folders are not unique they are numbers, from 0.
     *
     * @param names a name for each class
     * @return the list
     * @throws IllegalArgumentException if there are none
     */
    static ClassNames ofCard(List<String> names) {
        List<String> folders = names.stream().map(name -> TAB.split(name, 2)[0]).toList();
        List<String> shown =
                names.stream().map(name -> name.substring(name.indexOf('\t') + 1)).toList();
        boolean unique = Set.copyOf(folders).size() == folders.size();
        return new ClassNames(unique ? folders : numbered(names.size()).folders(), shown);
    }

    /**
     * The list as lines, from which it can be read again.
     *
     * @return for each class its folder and, behind a tab, its name if that is another one
     */
    public List<String> lines() {
        boolean spaces = folders.stream().anyMatch(folder -> folder.contains(" "));
        return IntStream.range(0, size())
                .mapToObj(i -> line(i, spaces && i == 0)) // one tab, and spaces separate nothing
                .toList();
    }

    /**
     * Makes sure that {@link #lines()} can be read again, as the class list of a run must be.
     *
     * @throws IllegalArgumentException if a name has a line break or a tab, or spaces at its ends
     */
    public void checkLines() {
        List<String> read = String.join("\n", lines()).lines().toList();
        if (read.size() == size() && ofLines(read).equals(this)) {
            return;
        }
        String broken =
                Stream.concat(folders.stream(), names.stream())
                        .filter(
                                name ->
                                        UNWRITABLE.matcher(name).find()
                                                || !name.equals(name.strip()))
                        .findFirst()
                        .orElse(folders.get(0));
        throw new IllegalArgumentException(
                "the name of a class must have no line break, no tab, and no space at its ends, found \"%s\""
                        .formatted(broken));
    }

    private String line(int index, boolean inFull) {
        String folder = folders.get(index);
        String name = names.get(index);
        return inFull || !folder.equals(name) ? folder + "\t" + name : folder;
    }

    /**
     * The number of classes.
     *
     * @return how many there are
     */
    public int size() {
        return folders.size();
    }
}
