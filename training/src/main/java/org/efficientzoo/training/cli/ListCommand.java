package org.efficientzoo.training.cli;

import ai.djl.ndarray.types.Shape;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.blocks.analysis.Convention;
import org.efficientzoo.blocks.analysis.TextTable;
import org.efficientzoo.zoo.ModelCard;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code list}: the networks of the zoo. */
@Command(
        name = "list",
        description = "Lists the networks: their cost and the published results.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class ListCommand implements Callable<Integer> {

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Spec private CommandSpec spec;

    private ListCommand() {}

    private record Row(
            String name,
            String family,
            long parameters,
            long macs,
            List<Integer> input,
            List<Weights> weights) {}

    private record Weights(
            String tag,
            String dataset,
            double top1,
            Double top5,
            String source,
            Double width,
            boolean available) {

        static Weights of(ModelCard.Published published) {
            return new Weights(
                    published.tag(),
                    "imagenet",
                    published.top1(),
                    published.top5().orElse(null),
                    published.source(),
                    published.width() == 1 ? null : published.width(),
                    false); // fetching weights comes with the checkpoints
        }
    }

    @Override
    public Integer call() {
        List<Row> rows = new ArrayList<>();
        for (NetworkEntry network : Networks.all()) {
            ModelCard card = ModelCard.of(network);
            Shape input = new Shape(1, 3, card.input().get(1), card.input().get(2));
            Complexity cost = Complexity.of(network.build(), input);
            rows.add(
                    new Row(
                            network.name(),
                            network.family().title(),
                            cost.parameters(),
                            cost.macs(),
                            card.input(),
                            card.published().stream().map(Weights::of).toList()));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonOutput.print(out, rows);
        } else {
            out.print(table(rows));
            out.println("\nMACs: " + Convention.CONV_LINEAR.description());
            out.println("Top-1, Top-5: as published, percent of ImageNet-1k's validation images");
            out.println("weights are not fetched yet: --weights-file loads a checkpoint");
            out.flush();
        }
        return 0;
    }

    private static String table(List<Row> rows) {
        TextTable table =
                new TextTable(
                        List.of(2, 3, 5, 6),
                        "name",
                        "family",
                        "parameters",
                        "MACs",
                        "input",
                        "Top-1",
                        "Top-5",
                        "published as");
        for (Row row : rows) {
            String parameters = String.format(Locale.ROOT, "%,d", row.parameters);
            String macs = String.format(Locale.ROOT, "%,d", row.macs);
            String input =
                    row.input.stream().map(Object::toString).collect(Collectors.joining("x"));
            if (row.weights.isEmpty()) {
                table.row(row.name, row.family, parameters, macs, input, "", "", "");
            }
            boolean first = true;
            for (Weights w : row.weights) {
                table.row(
                        first ? row.name : "",
                        first ? row.family : "",
                        first ? parameters : "",
                        first ? macs : "",
                        first ? input : "",
                        percent(w.top1),
                        w.top5 == null ? "" : percent(w.top5),
                        w.tag
                                + (w.width == null ? "" : ", width " + w.width)
                                + " ("
                                + w.source
                                + ")");
                first = false;
            }
        }
        return table.toString();
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
