package org.efficientzoo.training.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.zoo.file.Sha256;

/**
 * Splits a share of each class off. Images are taken in the order of a hash of the seed and their
 * names, which no generator and no order of folders has a part in: an image more moves few others.
 */
final class StratifiedSplit {

    private StratifiedSplit() {}

    /** The share of each class, at least one image and not all; of a single image, none. */
    static List<Sample> of(ClassFolders all, double share, long seed) {
        Map<Integer, List<Sample>> classes =
                all.samples().stream().collect(Collectors.groupingBy(Sample::label));
        Map<Sample, String> ranks = new HashMap<>();
        for (Sample sample : all.samples()) {
            ranks.put(sample, rank(all.root(), sample.file(), seed));
        }
        Set<Sample> chosen = new HashSet<>();
        for (List<Sample> images : classes.values()) {
            long count =
                    Math.min(images.size() - 1, Math.max(1, Math.round(share * images.size())));
            images.stream()
                    .sorted(Comparator.comparing(ranks::get))
                    .limit(count)
                    .forEach(chosen::add);
        }
        return all.samples().stream().filter(chosen::contains).toList();
    }

    private static String rank(Path root, Path file, long seed) {
        String text = seed + "\n" + FileNames.of(root, file);
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The images that were not split off. */
    static List<Sample> rest(ClassFolders all, List<Sample> chosen) {
        Set<Sample> validation = new HashSet<>(chosen);
        return all.samples().stream().filter(sample -> !validation.contains(sample)).toList();
    }
}
