package org.efficientzoo.training.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.file.SmallFile;

/** A text of lines {@code FILE CLASS}, apart by a tab or by the last space of a line. */
final class LabelsFile {

    private static final int MOST = 256 << 20; // bytes: millions of images

    private LabelsFile() {}

    /** The images of a folder in the order of their names, each with its class from the file. */
    static List<Sample> read(Path file, Path folder, ClassNames classes) throws IOException {
        Map<String, Integer> labels = new HashMap<>();
        for (String name : classes.folders()) {
            labels.put(name, labels.size());
        }
        List<String> lines = SmallFile.lines(file, MOST);
        List<Sample> samples = new ArrayList<>();
        Set<Path> listed = new HashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty()) {
                continue;
            }
            int gap = line.indexOf('\t') >= 0 ? line.indexOf('\t') : line.lastIndexOf(' ');
            if (gap < 0) {
                throw wrong(file, i, "must be FILE CLASS, found " + line);
            }
            String name = line.substring(gap + 1).strip();
            Integer label = labels.get(name);
            if (label == null) {
                throw wrong(file, i, "must have a class of train, found " + name);
            }
            Path relative = Path.of(line.substring(0, gap).strip()).normalize();
            if (relative.isAbsolute() || relative.startsWith("..")) {
                throw wrong(file, i, "must name a file in " + folder + ", found " + line);
            }
            Path image = folder.resolve(relative);
            if (!listed.add(image)) {
                throw wrong(file, i, "must name another file than a line before, found " + line);
            }
            samples.add(new Sample(image, label));
        }
        List<String> missing = new ArrayList<>();
        for (Path image : ClassFolders.images(folder)) {
            if (!listed.remove(image)) {
                missing.add(image.getFileName().toString());
            }
        }
        if (!missing.isEmpty()) {
            throw new IOException(
                    "%s must have every image of %s, found %d missing: %s"
                            .formatted(
                                    file, folder, missing.size(), TrainingFolders.some(missing)));
        }
        if (!listed.isEmpty()) {
            List<String> absent = listed.stream().map(Path::toString).sorted().toList();
            throw new IOException(
                    "%s must name images that are there, found %d that are not: %s"
                            .formatted(file, absent.size(), TrainingFolders.some(absent)));
        }
        samples.sort((a, b) -> a.file().compareTo(b.file()));
        return samples;
    }

    private static IOException wrong(Path file, int line, String rule) {
        return new IOException("line %d of %s %s".formatted(line + 1, file, rule));
    }
}
