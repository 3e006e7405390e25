package org.efficientzoo.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.efficientzoo.benchmark.Engines;
import org.efficientzoo.benchmark.SelfTest;
import org.efficientzoo.benchmark.SelfTest.Finding;
import org.efficientzoo.benchmark.SelfTest.Setting;
import org.efficientzoo.benchmark.SelfTest.Subject;
import org.efficientzoo.blocks.analysis.TextTable;
import org.efficientzoo.zoo.ModelCard;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkEntry.Family;
import org.efficientzoo.zoo.network.Networks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code self-test}: whether this machine computes networks right. */
@Command(
        name = "self-test",
        description = {
            "Checks that this machine computes networks right: the same images one by one and in"
                    + " batches of 1 to 32, on each engine, with one thread and with several, must"
                    + " give the same logits, and training steps the same gradients.",
            "Native libraries choose their code by the processor. Exit status 1 if anything is off."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class SelfTestCommand implements Callable<Integer> {

    private static final int SMALL = 32;

    @Option(
            names = "--model",
            split = ",",
            paramLabel = "NAME",
            description = "the networks; one of each family by default")
    private List<String> models = List.of();

    @Option(names = "--all", description = "all networks of the zoo, which takes long")
    private boolean all;

    @Option(
            names = "--engine",
            split = ",",
            paramLabel = "ENGINE",
            description = "PyTorch, MXNet or OnnxRuntime; all that are there by default")
    private List<String> engines = List.of();

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description = "numbers of threads; 1 and as many as processors by default")
    private List<Integer> threads = List.of();

    @Option(
            names = "--size",
            split = ",",
            paramLabel = "PIXELS",
            description = "heights and widths of the input; each network's own and 32 by default")
    private List<Integer> sizes = List.of();

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Spec private CommandSpec spec;

    private SelfTestCommand() {}

    private record Row(
            String model,
            String input,
            String engine,
            int threads,
            String layout,
            Map<Integer, Double> batches,
            Double reference,
            Double gradient,
            List<String> faults) {

        static Row of(Finding finding) {
            return new Row(
                    finding.subject().model(),
                    "1x3x%sx%s".formatted(finding.subject().height(), finding.subject().width()),
                    finding.setting().engine(),
                    finding.setting().threads(),
                    taken(finding),
                    finding.batches(),
                    finding.reference().orElse(null),
                    finding.gradient().orElse(null),
                    finding.faults());
        }
    }

    @Override
    public Integer call() throws IOException {
        if (all && !models.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--all is every network, found --model beside it");
        }
        List<Subject> subjects = subjects();
        List<Setting> settings = settings();
        PrintWriter err = spec.commandLine().getErr();
        List<Finding> findings =
                SelfTest.run(
                        subjects,
                        settings,
                        new SelfTest.Listener() {
                            @Override
                            public void begins(Subject subject) {
                                say(err, subject.toString());
                            }

                            @Override
                            public void found(Finding finding) {
                                finding.faults()
                                        .forEach(
                                                fault ->
                                                        say(
                                                                err,
                                                                "  %s: %s"
                                                                        .formatted(
                                                                                finding.setting(),
                                                                                fault)));
                            }
                        });
        report(findings);
        boolean right = findings.stream().allMatch(finding -> finding.faults().isEmpty());
        return right ? 0 : 1;
    }

    private static void say(PrintWriter err, String line) {
        err.println(line);
        err.flush();
    }

    private List<Subject> subjects() {
        List<Subject> subjects = new ArrayList<>();
        for (String name : names()) {
            List<Integer> input = ModelCard.of(Networks.get(name)).input();
            for (int side : sizes.isEmpty() ? List.of(input.get(1), SMALL) : sizes) {
                subjects.add(Subject.of(name, side));
            }
        }
        return subjects;
    }

    private List<String> names() {
        if (!models.isEmpty()) {
            return models;
        }
        if (all) {
            return Networks.all().stream().map(NetworkEntry::name).toList();
        }
        Map<Family, String> first = new LinkedHashMap<>();
        Networks.all().forEach(entry -> first.putIfAbsent(entry.family(), entry.name()));
        return List.copyOf(first.values());
    }

    /** PyTorch's plain layout comes first: it is what others are compared with. */
    private List<Setting> settings() {
        List<Integer> counts =
                threads.isEmpty()
                        ? List.of(1, Runtime.getRuntime().availableProcessors())
                        : threads;
        counts = counts.stream().distinct().toList();
        for (int count : counts) {
            if (count < 1) {
                throw new IllegalArgumentException("threads must be positive, found " + count);
            }
        }
        List<Setting> settings = new ArrayList<>();
        for (String engine : Engines.chosen(engines)) {
            boolean layouts = engine.equals(Engines.PYTORCH);
            if (layouts) {
                settings.add(new Setting(engine, counts.get(0), Optional.of("plain")));
            }
            for (int count : counts) {
                settings.add(new Setting(engine, count, Optional.empty()));
            }
        }
        return settings;
    }

    private static String taken(Finding finding) {
        return finding.layouts().isEmpty() ? null : String.join(", ", finding.layouts());
    }

    private void report(List<Finding> findings) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonOutput.print(out, findings.stream().map(Row::of).toList());
            return;
        }
        TextTable table =
                new TextTable(
                        List.of(4, 5, 6),
                        "model",
                        "engine",
                        "threads",
                        "layout",
                        "batches",
                        "engines",
                        "gradient",
                        "");
        for (Finding finding : findings) {
            table.row(
                    "%s %s".formatted(finding.subject().model(), finding.subject().height()),
                    finding.setting().engine(),
                    Integer.toString(finding.setting().threads()),
                    Optional.ofNullable(taken(finding)).orElse(""),
                    number(finding.worstBatch()),
                    finding.reference().map(SelfTestCommand::number).orElse(""),
                    finding.gradient().map(SelfTestCommand::number).orElse(""),
                    finding.faults().isEmpty() ? "" : "OFF");
        }
        out.print(table);
        long off = findings.stream().filter(finding -> !finding.faults().isEmpty()).count();
        out.println(
                off == 0
                        ? "all %s agree".formatted(findings.size())
                        : "%s of %s are off; standard error names what"
                                .formatted(off, findings.size()));
        out.flush();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.1e", value);
    }
}
