package org.efficientzoo.cli;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.efficientzoo.benchmark.Benchmark;
import org.efficientzoo.benchmark.Contender;
import org.efficientzoo.benchmark.Contender.Variant;
import org.efficientzoo.benchmark.Engines;
import org.efficientzoo.benchmark.Measurement;
import org.efficientzoo.benchmark.Settings;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.analysis.TextTable;
import org.efficientzoo.zoo.ModelCard;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code benchmark}: how fast networks are. */
@Command(
        name = "benchmark",
        description = {
            "Measures latency, throughput and memory of networks on each engine, side by side: each"
                    + " in a process of its own, all called in turn.",
            "The networks are untrained: times do not depend on the values of weights. ratio is the"
                    + " median, over the turns, of its time by that of the first row with the same"
                    + " network and batch."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class BenchmarkCommand implements Callable<Integer> {

    private static final double MEGABYTE = 1e6;

    @ArgGroup(multiplicity = "1")
    private Chosen chosen = new Chosen();

    @Option(
            names = "--engine",
            split = ",",
            paramLabel = "ENGINE",
            description = "PyTorch, MXNet or OnnxRuntime; all that are there by default")
    private List<String> engines = List.of();

    @Option(
            names = "--plain",
            description =
                    "beside each engine the network layer by layer, batch norms by themselves")
    private boolean plain;

    @Option(
            names = "--int8",
            description = "beside OnnxRuntime the network on integers of eight bits")
    private boolean int8;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description =
                    "a TorchScript (.pt) or ONNX (.onnx) file to measure beside the network; may be"
                            + " given several times")
    private List<Path> files = List.of();

    @Option(
            names = "--batch",
            split = ",",
            defaultValue = "1",
            paramLabel = "N",
            description = "images of a call: 1,8,32; ${DEFAULT-VALUE} by default")
    private List<Integer> batches;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            description = "height and width of the input; the network's own by default")
    private Integer size;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads of each engine; as many as processors by default")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--rounds",
            defaultValue = "10",
            paramLabel = "N",
            description = "how often they take turns; ${DEFAULT-VALUE} by default")
    private int rounds;

    @Option(
            names = "--round-seconds",
            defaultValue = "0.3",
            paramLabel = "SECONDS",
            description = "how long a turn lasts; ${DEFAULT-VALUE} by default")
    private double roundSeconds;

    @Option(
            names = "--warm-up",
            defaultValue = "1",
            paramLabel = "SECONDS",
            description = "how long each runs before anything counts; ${DEFAULT-VALUE} by default")
    private double warmUp;

    @Option(
            names = "--chart",
            paramLabel = "FILE",
            description =
                    "draw a PNG: published Top-1 over the latency of the first engine and batch,"
                            + " and over MACs; of networks as they were published but for --width")
    private Path chart;

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Mixin private NetworkMixin network;

    @Spec private CommandSpec spec;

    private BenchmarkCommand() {}

    /** Which networks. */
    static final class Chosen {

        @Option(
                names = "--model",
                split = ",",
                paramLabel = "NAME",
                description = "the networks; 'list' shows all names")
        private List<String> models = List.of();

        @Option(names = "--all", description = "all networks of the zoo")
        private boolean all;

        List<NetworkEntry> networks() {
            return all ? List.copyOf(Networks.all()) : models.stream().map(Networks::get).toList();
        }
    }

    private record Row(
            String model,
            String engine,
            String variant,
            int batch,
            int threads,
            double median_ms,
            double p95_ms,
            double images_per_second,
            Double peak_mb,
            double ratio,
            String layout) {

        static Row of(Measurement m) {
            String variant = m.contender().variant().toString();
            return new Row(
                    m.contender().model(),
                    m.contender().engine(),
                    variant.isEmpty() ? null : variant,
                    m.batch(),
                    m.threads(),
                    m.medianMs(),
                    m.p95Ms(),
                    m.imagesPerSecond(),
                    m.peakBytes().isPresent() ? m.peakBytes().getAsLong() / MEGABYTE : null,
                    m.ratio(),
                    m.layouts().isEmpty() ? null : String.join(", ", m.layouts()));
        }
    }

    @Override
    public Integer call() throws IOException {
        checkUsage();
        Benchmark benchmark = new Benchmark(new Settings(threads, warmUp, rounds, roundSeconds));
        List<NetworkEntry> networks = chosen.networks();
        List<List<Contender>> contenders = new ArrayList<>();
        for (NetworkEntry entry : networks) {
            contenders.add(contenders(entry)); // complains before anything is measured
        }
        check(batches, networks);
        PrintWriter err = spec.commandLine().getErr();
        List<Measurement> found = new ArrayList<>();
        try {
            for (List<Contender> group : contenders) {
                for (int batch : batches) {
                    found.addAll(benchmark.run(group, batch, line -> say(err, line)));
                }
            }
        } catch (IOException e) {
            if (!json && !found.isEmpty()) {
                report(found); // what was measured until then
            }
            throw e;
        }
        report(found);
        if (chart != null) {
            EfficiencyPoints.draw(chart, found, width());
        }
        return 0;
    }

    /** Refuses options that would change nothing, or what a chart says of other networks. */
    private void checkUsage() {
        if (chart != null) {
            refuseBesideChart("--size", size != null);
            for (String flag : network.flags()) {
                refuseBesideChart(flag, !flag.equals(NetworkOption.WIDTH.flag()));
            }
        }
        List<String> named = named();
        if (plain && named.stream().noneMatch(Engines::hasPlain)) {
            throw misuse("--plain is for PyTorch and MXNet, found " + String.join(", ", named));
        }
        if (int8 && named.stream().allMatch(Engines::hasPlain)) {
            throw misuse("--int8 is for OnnxRuntime, found " + String.join(", ", named));
        }
    }

    private void refuseBesideChart(String option, boolean given) {
        if (given) {
            throw misuse(
                    "--chart shows networks as they were published, found %s beside it"
                            .formatted(option));
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private List<String> named() {
        return Engines.chosen(engines);
    }

    private void check(List<Integer> sizes, List<NetworkEntry> networks) throws IOException {
        for (int batch : sizes) {
            Benchmark.checkBatch(batch);
        }
        if (chart == null) {
            return;
        }
        WholeFile.replacing(chart).close();
        if (networks.stream()
                .allMatch(entry -> EfficiencyPoints.published(entry, width()).isEmpty())) {
            throw new IllegalArgumentException(
                    "a chart needs a network with a published accuracy, found none");
        }
    }

    private double width() {
        return network.width();
    }

    private static void say(PrintWriter err, String line) {
        err.println(line);
        err.flush();
    }

    private List<Contender> contenders(NetworkEntry entry) {
        List<Integer> input = ModelCard.of(entry).input();
        int height = size == null ? input.get(1) : size;
        int width = size == null ? input.get(2) : size;
        NetworkOptions options = network.options(entry.name(), 1000);
        EfficientBlock block = entry.build(options); // complains of options
        if (height > 0) { // else the contender complains
            block.getOutputShapes(
                    new Shape[] {new Shape(1, options.inputChannels(), height, width)});
        }
        Map<String, String> arguments = network.arguments();
        List<Contender> all = new ArrayList<>();
        for (String engine : named()) {
            for (Variant variant : variants(engine)) {
                all.add(
                        new Contender(
                                entry.name(),
                                engine,
                                variant,
                                arguments,
                                Optional.empty(),
                                height,
                                width));
            }
        }
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException("there is no model file " + file);
            }
            all.add(
                    new Contender(
                            file.getFileName().toString(),
                            Engines.of(file),
                            Variant.FILE,
                            network.inputChannels()
                                    .map(n -> Map.of("inputChannels", n.toString()))
                                    .orElseGet(Map::of),
                            Optional.of(file),
                            height,
                            width));
        }
        return all;
    }

    private List<Variant> variants(String engine) {
        List<Variant> variants = new ArrayList<>(List.of(Variant.USUAL));
        if (plain && Engines.hasPlain(engine)) {
            variants.add(Variant.PLAIN);
        }
        if (int8 && !Engines.hasPlain(engine)) {
            variants.add(Variant.INT8);
        }
        return variants;
    }

    private void report(List<Measurement> found) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonOutput.print(out, found.stream().map(Row::of).toList());
            return;
        }
        TextTable table =
                new TextTable(
                        List.of(3, 4, 5, 6, 7, 8, 9),
                        "model",
                        "engine",
                        "variant",
                        "batch",
                        "threads",
                        "median ms",
                        "95 % ms",
                        "images/s",
                        "peak MB",
                        "ratio");
        for (Measurement m : found) {
            table.row(
                    m.contender().model(),
                    m.contender().engine(),
                    m.contender().variant().toString(),
                    Integer.toString(m.batch()),
                    Integer.toString(m.threads()),
                    number("%.2f", m.medianMs()),
                    number("%.2f", m.p95Ms()),
                    number("%.1f", m.imagesPerSecond()),
                    m.peakBytes().isPresent()
                            ? number("%.0f", m.peakBytes().getAsLong() / MEGABYTE)
                            : "",
                    number("%.2f", m.ratio()));
        }
        out.print(table);
        out.flush();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
