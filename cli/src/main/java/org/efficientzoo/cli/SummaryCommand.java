package org.efficientzoo.cli;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.blocks.analysis.Convention;
import org.efficientzoo.blocks.analysis.Field;
import org.efficientzoo.blocks.analysis.LayerCost;
import org.efficientzoo.blocks.analysis.ReceptiveField;
import org.efficientzoo.blocks.analysis.SummaryTable;
import org.efficientzoo.zoo.ModelCard;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code summary}: a network layer by layer. */
@Command(
        name = "summary",
        description = "Shows a network layer by layer: shapes, parameters, MACs.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class SummaryCommand implements Callable<Integer> {

    private static final Pattern INPUT = Pattern.compile("[1-9]\\d{0,5}(x[1-9]\\d{0,5}){3}");

    private static final double LARGEST_INPUT = 1e9;

    @Parameters(paramLabel = "MODEL", description = "the network; 'list' shows all names")
    private String model;

    @Option(
            names = "--input",
            paramLabel = "NxCxHxW",
            description = "the shape of the input; one image of the network's usual size")
    private String input;

    @Option(
            names = "--classes",
            paramLabel = "N",
            defaultValue = "1000",
            description = "the number of classes; ${DEFAULT-VALUE} by default")
    private int classes;

    @Option(names = "--thop", description = "count and print as the profiler THOP does")
    private boolean thop;

    @Option(names = "--receptive-field", description = "show what each layer looks at")
    private boolean receptiveField;

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Mixin private NetworkMixin network;
    @Spec private CommandSpec spec;

    private SummaryCommand() {}

    private record Document(
            String model,
            List<Long> input,
            long parameters,
            long macs,
            long activations,
            String convention,
            List<Layer> layers) {}

    private record Layer(
            String name,
            String type,
            String window,
            List<Long> output,
            long parameters,
            long macs,
            long activations,
            FieldSides receptive_field) {}

    private record FieldSides(Field height, Field width) {}

    @Override
    public Integer call() {
        NetworkEntry entry = Networks.get(model);
        Shape shape = shape(entry);
        Block block = entry.build(options(shape));
        Convention convention = thop ? Convention.THOP : Convention.CONV_LINEAR;
        Complexity cost = Complexity.of(block, shape, convention);
        Optional<ReceptiveField> field =
                receptiveField ? Optional.of(ReceptiveField.of(block, shape)) : Optional.empty();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonOutput.print(out, document(cost, field));
        } else {
            out.print(new SummaryTable(cost, field));
            out.flush();
        }
        return 0;
    }

    private NetworkOptions options(Shape shape) {
        int channels = Math.toIntExact(shape.get(1));
        if (network.inputChannels().orElse(channels) != channels) {
            throw new IllegalArgumentException(
                    "--input and --input-channels must agree, found %s and %d"
                            .formatted(input, network.inputChannels().get()));
        }
        return network.options(model, classes).withInputChannels(channels);
    }

    private Shape shape(NetworkEntry entry) {
        if (input == null) {
            List<Integer> usual = ModelCard.of(entry).input();
            int channels = network.inputChannels().orElse(usual.get(0));
            return new Shape(1, channels, usual.get(1), usual.get(2));
        }
        if (!INPUT.matcher(input).matches()) {
            throw new IllegalArgumentException(
                    "an input must be four positive numbers NxCxHxW, found " + input);
        }
        long[] sizes = Arrays.stream(input.split("x")).mapToLong(Long::parseLong).toArray();
        if (Arrays.stream(sizes).asDoubleStream().reduce(1, (a, b) -> a * b) > LARGEST_INPUT) {
            throw new IllegalArgumentException(
                    "an input must have at most 1,000,000,000 values, found " + input);
        }
        return new Shape(sizes);
    }

    private Document document(Complexity cost, Optional<ReceptiveField> field) {
        List<Optional<ReceptiveField.Row>> fields =
                field.map(f -> f.beside(cost))
                        .orElseGet(
                                () -> Collections.nCopies(cost.layers().size(), Optional.empty()));
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            layers.add(layer(cost.layers().get(i), fields.get(i)));
        }
        return new Document(
                model,
                list(cost.input()),
                cost.parameters(),
                cost.macs(),
                cost.activations(),
                cost.convention().description(),
                layers);
    }

    private static Layer layer(LayerCost cost, Optional<ReceptiveField.Row> field) {
        return new Layer(
                cost.name(),
                cost.type(),
                cost.detail(),
                list(cost.output()),
                cost.parameters(),
                cost.macs(),
                cost.activations(),
                field.map(row -> new FieldSides(row.height(), row.width())).orElse(null));
    }

    private static List<Long> list(Shape shape) {
        return Arrays.stream(shape.getShape()).boxed().toList();
    }
}
