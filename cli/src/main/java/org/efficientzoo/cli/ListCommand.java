package org.efficientzoo.cli;

import ai.djl.ndarray.types.Shape;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.blocks.analysis.Convention;
import org.efficientzoo.blocks.analysis.TextTable;
import org.efficientzoo.zoo.ModelCard;
import org.efficientzoo.zoo.Weights;
import org.efficientzoo.zoo.WeightsFacts;
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
            List<WeightsRow> weights) {}

    /** One set of weights; what is not known of it is left out of the JSON. */
    private record WeightsRow(
            String tag,
            String dataset,
            Double top1,
            Double top5,
            String source,
            Double width,
            String license,
            boolean available,
            boolean local) {

        static WeightsRow of(ModelCard.Published row, Optional<Weights> weights) {
            return new WeightsRow(
                    row.tag(),
                    "imagenet",
                    row.top1(),
                    row.top5().orElse(null),
                    row.source(),
                    row.width() == 1 ? null : row.width(),
                    row.weights().flatMap(ModelCard.Checkpoint::license).orElse(null),
                    weights.filter(Weights::isAvailable).isPresent(),
                    weights.filter(Weights::isLocal).isPresent());
        }

        /** Weights that ship with the zoo, or imported ones. */
        static WeightsRow of(Weights weights) {
            WeightsFacts facts = weights.facts();
            return new WeightsRow(
                    weights.tag(),
                    weights.dataset(),
                    facts.top1().orElse(null),
                    facts.top5().orElse(null),
                    facts.source().orElse(weights.isImported() ? "imported" : "shipped"),
                    weights.width() == 1 ? null : weights.width(),
                    facts.license().orElse(null),
                    weights.isAvailable(),
                    weights.isLocal());
        }

        /** What a look-up can do with the weights, in a word. */
        String state() {
            if (local) {
                return "here";
            }
            return available ? "to fetch" : "";
        }
    }

    private static List<WeightsRow> weights(NetworkEntry network, ModelCard card) {
        List<Weights> all = Weights.of(network);
        List<WeightsRow> rows = new ArrayList<>();
        for (ModelCard.Published row : card.published()) {
            rows.add(
                    WeightsRow.of(
                            row,
                            all.stream()
                                    .filter(w -> w.published().equals(Optional.of(row)))
                                    .findFirst()));
        }
        all.stream()
                .filter(w -> !w.isUntrained() && w.published().isEmpty())
                .map(WeightsRow::of)
                .forEach(rows::add);
        return rows;
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
                            weights(network, card)));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonOutput.print(out, rows);
        } else {
            out.print(table(rows));
            out.println();
            out.println("MACs: " + Convention.CONV_LINEAR.description());
            out.println(
                    "Top-1, Top-5: as published, percent of the data set's validation or test"
                            + " images; imagenet is ImageNet-1k");
            out.println(
                    "weights: those to fetch are downloaded when a look-up first needs them; rows"
                            + " without a word are figures alone");
            out.flush();
        }
        return 0;
    }

    private static String table(List<Row> rows) {
        TextTable table =
                new TextTable(
                        List.of(2, 3, 6, 7),
                        "name",
                        "family",
                        "parameters",
                        "MACs",
                        "input",
                        "data set",
                        "Top-1",
                        "Top-5",
                        "weights",
                        "published as");
        for (Row row : rows) {
            String parameters = String.format(Locale.ROOT, "%,d", row.parameters);
            String macs = String.format(Locale.ROOT, "%,d", row.macs);
            String input =
                    row.input.stream().map(Object::toString).collect(Collectors.joining("x"));
            if (row.weights.isEmpty()) {
                table.row(row.name, row.family, parameters, macs, input, "", "", "", "", "");
            }
            boolean first = true;
            for (WeightsRow w : row.weights) {
                table.row(
                        first ? row.name : "",
                        first ? row.family : "",
                        first ? parameters : "",
                        first ? macs : "",
                        first ? input : "",
                        w.dataset,
                        percent(w.top1),
                        percent(w.top5),
                        w.state(),
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

    private static String percent(Double value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.3f", value);
    }
}
