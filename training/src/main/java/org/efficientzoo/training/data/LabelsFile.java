package org.efficientzoo.training.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.efficientzoo.training.data.LabelledImages.Image;
import org.efficientzoo.zoo.file.SmallFile;

/**
 * A text that has the classes of the images of a folder, one image a line: {@code FILE CLASS},
 * apart by a tab, a space, a comma or a semicolon, whichever gives the names of images that are
 * there. A first line may name the columns; those called {@code file} and {@code class}, or nearly
 * so, are taken then, else the first two.
 */
final class LabelsFile {

    private static final int MOST = 256 << 20; // bytes: millions of images

    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Pattern DRIVE = Pattern.compile("^[A-Za-z]:");

    private static final Set<String> FILE_COLUMNS =
            Set.of(
                    "file",
                    "filename",
                    "file_name",
                    "image",
                    "image_name",
                    "image_id",
                    "imageid",
                    "img",
                    "path",
                    "filepath",
                    "id");

    private static final Set<String> CLASS_COLUMNS =
            Set.of(
                    "class",
                    "classname",
                    "class_name",
                    "label",
                    "labels",
                    "category",
                    "target",
                    "breed",
                    "species",
                    "wnid",
                    "synset");

    private final Path file;
    private final Path folder;
    private final Names names;
    private final List<Line> lines;

    private LabelsFile(Path file, Path folder, Names names, List<Line> lines) {
        this.file = file;
        this.folder = folder;
        this.names = names;
        this.lines = lines;
    }

    /** A line that is not empty, with its number from 1. */
    private record Line(int number, String text) {}

    /** How a line is cut into cells; no cells where it cannot be. */
    private enum Cut {
        TAB_OR_LAST_SPACE {
            @Override
            List<String> cells(String line) {
                return line.indexOf('\t') >= 0
                        ? List.of(line.split("\t", -1))
                        : atSpace(line, line.lastIndexOf(' '));
            }
        },
        FIRST_SPACE {
            @Override
            List<String> cells(String line) {
                return atSpace(line, line.indexOf(' '));
            }
        },
        COMMA {
            @Override
            List<String> cells(String line) {
                return quoted(line, ',');
            }
        },
        SEMICOLON {
            @Override
            List<String> cells(String line) {
                return quoted(line, ';');
            }
        };

        abstract List<String> cells(String line);

        private static List<String> atSpace(String line, int gap) {
            return gap < 0 ? List.of(line) : List.of(line.substring(0, gap), line.substring(gap));
        }

        /** Cells may stand in quotes, in which two of them are one. */
        private static List<String> quoted(String line, char separator) {
            List<String> cells = new ArrayList<>();
            StringBuilder cell = new StringBuilder();
            boolean inside = false;
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                if (c == '"' && inside && line.startsWith("\"\"", i)) {
                    cell.append(c);
                    i++;
                } else if (c == '"') {
                    inside = !inside;
                } else if (c == separator && !inside) {
                    cells.add(cell.toString());
                    cell.setLength(0);
                } else {
                    cell.append(c);
                }
            }
            cells.add(cell.toString());
            return cells;
        }
    }

    /** Where in a line file and class stand. */
    private record Columns(Cut cut, int file, int label) {

        Optional<String> file(Line line) {
            return cell(line, file);
        }

        Optional<String> label(Line line) {
            return cell(line, label);
        }

        private Optional<String> cell(Line line, int index) {
            List<String> cells = cut.cells(line.text);
            return index < cells.size()
                    ? Optional.of(cells.get(index).strip()).filter(cell -> !cell.isEmpty())
                    : Optional.empty();
        }
    }

    /** The images of a folder by their names there, and by those without folders and endings. */
    private record Names(
            String folder,
            Map<String, Path> full,
            Map<String, Path> last,
            Map<String, Path> stems) {

        static Names of(Path folder, List<Path> images) {
            return new Names(
                    FileNames.of(folder.toAbsolutePath().normalize()),
                    by(folder, images, name -> name),
                    by(folder, images, name -> name.substring(name.lastIndexOf('/') + 1)),
                    by(
                            folder,
                            images,
                            name -> name.replaceFirst("^.*/", "").replaceFirst("[.][^.]*$", "")));
        }

        /** What several images are called is no name. */
        private static Map<String, Path> by(
                Path folder, List<Path> images, UnaryOperator<String> form) {
            Map<String, Path> found = new HashMap<>();
            Set<String> several = new HashSet<>();
            for (Path image : images) {
                String name = form.apply(FileNames.of(folder, image));
                if (found.put(name, image) != null) {
                    several.add(name);
                }
            }
            found.keySet().removeAll(several);
            return found;
        }

        /** Lists may be written from the folder above. */
        Optional<Path> find(String name) {
            String plain = name.replace('\\', '/').replaceFirst("^(?:\\./)+", "");
            Path image = full.get(plain);
            if (image == null && plain.startsWith(folder + "/")) {
                image = full.get(plain.substring(folder.length() + 1));
            }
            if (image == null && plain.indexOf('/') < 0) {
                image = last.getOrDefault(plain, stems.get(plain));
            }
            return Optional.ofNullable(image);
        }
    }

    /**
     * Reads the images of a folder, each with its class from the text, in the order of their names.
     *
     * @throws IOException if a line is none, or the text and the folder have other images
     */
    static LabelledImages read(Path file, Path folder) throws IOException {
        ImageFiles images = ImageFiles.below(folder, file);
        LabelsFile list =
                new LabelsFile(file, folder, Names.of(folder, images.images()), lines(file));
        List<Image> labelled = list.images(images.images());
        Set<String> labels = new TreeSet<>();
        labelled.forEach(image -> labels.add(image.label()));
        return new LabelledImages(
                folder, List.copyOf(labels), labelled, images.passedOver(), Optional.of(file));
    }

    private static List<Line> lines(Path file) throws IOException {
        List<String> all = SmallFile.lines(file, MOST);
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            String text = all.get(i).replace(BYTE_ORDER_MARK, "").strip();
            if (!text.isEmpty()) {
                lines.add(new Line(i + 1, text));
            }
        }
        return lines;
    }

    private List<Image> images(List<Path> all) throws IOException {
        Columns columns = columns();
        List<Image> labelled = new ArrayList<>();
        Set<String> listed = new HashSet<>();
        List<String> absent = new ArrayList<>();
        for (Line line : withoutHeader(columns)) {
            if (columns.file(line).isEmpty() || columns.label(line).isEmpty()) {
                throw wrong(line, "must be FILE CLASS, found " + line.text);
            }
            String name = inside(columns.file(line).get(), line);
            Optional<Path> image = names.find(name);
            String place = image.map(Path::toString).orElse(folder + "/" + name);
            if (!listed.add(place)) {
                throw wrong(line, "must name another file than a line before, found " + line.text);
            }
            if (image.isPresent()) {
                labelled.add(new Image(image.get(), columns.label(line).get(), line.number));
            } else {
                absent.add(place);
            }
        }
        check(all.stream().filter(image -> !listed.contains(image.toString())).toList(), absent);
        labelled.sort(Comparator.comparing(Image::file));
        return labelled;
    }

    private void check(List<Path> missing, List<String> absent) throws IOException {
        if (!missing.isEmpty()) {
            List<String> shown = missing.stream().map(FileNames::of).toList();
            throw new IOException(
                    "%s must have every image of %s, found %d missing: %s"
                            .formatted(file, folder, missing.size(), ClassOrder.some(shown)));
        }
        if (!absent.isEmpty()) {
            List<String> shown = absent.stream().sorted().toList();
            throw new IOException(
                    "%s must name images that are there, found %d that are not: %s"
                            .formatted(file, absent.size(), ClassOrder.some(shown)));
        }
    }

    /** The name of a file from the folder, without steps up and down. */
    private String inside(String name, Line line) throws IOException {
        String plain = name.replace('\\', '/');
        List<String> steps = new ArrayList<>();
        boolean leaves = plain.startsWith("/") || DRIVE.matcher(plain).find();
        for (String step : plain.split("/", -1)) {
            boolean up = step.equals("..");
            leaves |= up && steps.isEmpty();
            if (up && !steps.isEmpty()) {
                steps.remove(steps.size() - 1);
            } else if (!step.isEmpty() && !step.equals(".")) {
                steps.add(step);
            }
        }
        if (leaves || steps.isEmpty()) {
            throw wrong(line, "must name a file in " + folder + ", found " + line.text);
        }
        return String.join("/", steps);
    }

    /** The columns that name the most images; of several the first. */
    private Columns columns() {
        Columns best = new Columns(Cut.TAB_OR_LAST_SPACE, 0, 1);
        long most = 0;
        for (Cut cut : Cut.values()) {
            Columns columns = named(cut);
            long found = lines.stream().filter(line -> isNamed(columns, line)).count();
            if (found > most) {
                best = columns;
                most = found;
            }
        }
        return best;
    }

    private boolean isNamed(Columns columns, Line line) {
        return columns.label(line).isPresent()
                && columns.file(line).flatMap(names::find).isPresent();
    }

    /** The columns that the header names, if there is one. */
    private Columns named(Cut cut) {
        List<String> header =
                lines.isEmpty()
                        ? List.of()
                        : cut.cells(lines.get(0).text).stream()
                                .map(cell -> cell.strip().toLowerCase(Locale.ROOT))
                                .toList();
        Optional<String> named = header.stream().filter(FILE_COLUMNS::contains).findFirst();
        Optional<String> label = header.stream().filter(CLASS_COLUMNS::contains).findFirst();
        return named.isPresent() && label.isPresent()
                ? new Columns(cut, header.indexOf(named.get()), header.indexOf(label.get()))
                : new Columns(cut, 0, 1);
    }

    /** The lines behind a first one that names no image and has no class of another line. */
    private List<Line> withoutHeader(Columns columns) {
        if (lines.size() < 2 || isNamed(columns, lines.get(0)) || !isNamed(columns, lines.get(1))) {
            return lines;
        }
        List<Line> others = lines.subList(1, lines.size());
        Optional<String> label = columns.label(lines.get(0));
        Optional<String> name = columns.file(lines.get(0));
        boolean header =
                label.isPresent()
                        && name.isPresent()
                        && (FILE_COLUMNS.contains(name.get().toLowerCase(Locale.ROOT))
                                || (name.get().indexOf('.') < 0
                                        && others.stream()
                                                .noneMatch(
                                                        line ->
                                                                columns.label(line)
                                                                        .equals(label))));
        return header ? others : lines;
    }

    private IOException wrong(Line line, String rule) {
        return new IOException("line %d of %s %s".formatted(line.number, file, rule));
    }
}
