package org.efficientzoo.training.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.efficientzoo.training.Confusion;
import org.efficientzoo.training.Evaluation;

/** A row of {@code metrics.csv}. */
final class Row {

    static final String EPOCH = "epoch";
    static final String STEP = "step";
    static final String RATE = "learning_rate";
    static final String TRAIN = "train";
    static final String VALIDATION = "val";
    static final String AVERAGE = "average";

    private static final long MEGABYTE = 1_000_000;

    private Row() {}

    /** The names of the columns. */
    static List<String> header() {
        Evaluation none =
                new Evaluation(
                        Evaluation.Counts.NONE,
                        List.of(),
                        0,
                        new Confusion(0),
                        List.of(),
                        0,
                        false);
        return List.copyOf(
                of(Position.START, 0, Optional.of(none), Optional.of(none), OptionalLong.empty())
                        .keySet());
    }

    static Map<String, Object> of(
            Position position,
            double rate,
            Optional<Evaluation> validation,
            Optional<Evaluation> average,
            OptionalLong peakBytes) {
        Map<String, Object> row = new LinkedHashMap<>();
        Tally tally = position.tally();
        row.put(EPOCH, position.epoch() + 1);
        row.put(STEP, position.steps());
        row.put(RATE, rate);
        put(row, TRAIN, Optional.of(tally.counts()), Optional.of(tally.loss()));
        put(row, VALIDATION, validation.map(Evaluation::total), validation.map(Evaluation::loss));
        put(row, AVERAGE, average.map(Evaluation::total), average.map(Evaluation::loss));
        row.put("images_per_second", tally.imagesPerSecond());
        row.put("data_wait_share", tally.waitShare());
        row.put("seconds", tally.seconds());
        row.put(
                "peak_memory_mb",
                peakBytes.isPresent() ? (Object) (peakBytes.getAsLong() / MEGABYTE) : "");
        return row;
    }

    /** Loss, accuracies and error rates; empty texts where there are none. */
    private static void put(
            Map<String, Object> row,
            String what,
            Optional<Evaluation.Counts> counts,
            Optional<Double> loss) {
        row.put(what + "_loss", loss.<Object>map(value -> value).orElse(""));
        Optional<Double> top1 = counts.map(Evaluation.Counts::top1Accuracy);
        Optional<Double> top5 = counts.map(Evaluation.Counts::top5Accuracy);
        row.put(what + "_top1", top1.<Object>map(value -> value).orElse(""));
        row.put(what + "_top5", top5.<Object>map(value -> value).orElse(""));
        row.put(what + "_top1_error", top1.<Object>map(value -> 1 - value).orElse(""));
        row.put(what + "_top5_error", top5.<Object>map(value -> 1 - value).orElse(""));
    }
}
