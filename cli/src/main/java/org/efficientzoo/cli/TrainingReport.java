package org.efficientzoo.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.efficientzoo.training.report.MetricsCsv;
import org.efficientzoo.training.run.RunFolder;
import org.efficientzoo.training.run.RunListener.Plan;

/** What a run that has ended leaves to say. */
final class TrainingReport {

    private final RunFolder run;

    private final Plan plan;

    TrainingReport(Path output, Plan plan) {
        this.run = new RunFolder(output);
        this.plan = plan;
    }

    /** A validated result: of the weights as they were, or of their average. */
    private record Result(String epoch, double top1, double top5, String what) {}

    void print(PrintWriter out, boolean json) throws IOException {
        List<Map<String, String>> rows = MetricsCsv.read(run.metrics());
        if (json) {
            JsonObject document = document(rows.get(rows.size() - 1));
            document.addProperty("class_order", plan.classOrder().toString());
            document.addProperty("validation", plan.validation());
            JsonOutput.print(out, document);
            return;
        }
        best(rows)
                .ifPresent(
                        best ->
                                out.printf(
                                        Locale.ROOT,
                                        """
                                        Top-1    %6.2f %%   error %6.2f %%, %s epoch %s
                                        Top-5    %6.2f %%   error %6.2f %%
                                        """,
                                        100 * best.top1,
                                        100 - 100 * best.top1,
                                        best.what,
                                        best.epoch,
                                        100 * best.top5,
                                        100 - 100 * best.top5));
        out.printf("weights  %s%n", Files.exists(run.best()) ? run.best() : run.last());
        if (Files.exists(run.curves())) {
            out.printf("curves   %s%n", run.curves());
        }
        out.flush();
    }

    /** Numbers as numbers, without empty cells and losses that JSON has no number for. */
    private static JsonObject document(Map<String, String> row) {
        JsonObject document = new JsonObject();
        row.forEach(
                (column, cell) -> {
                    if (!cell.isEmpty() && Double.isFinite(Double.parseDouble(cell))) {
                        document.addProperty(column, new BigDecimal(cell));
                    }
                });
        return document;
    }

    private static Optional<Result> best(List<Map<String, String>> rows) {
        return rows.stream()
                .flatMap(
                        row ->
                                Stream.of(
                                        result(row, "val", "after"),
                                        result(row, "average", "averaged after")))
                .flatMap(Optional::stream)
                .max(Comparator.comparingDouble(Result::top1));
    }

    private static Optional<Result> result(Map<String, String> row, String prefix, String what) {
        String top1 = row.get(prefix + "_top1");
        return top1.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Result(
                                row.get("epoch"),
                                Double.parseDouble(top1),
                                Double.parseDouble(row.get(prefix + "_top5")),
                                what));
    }
}
