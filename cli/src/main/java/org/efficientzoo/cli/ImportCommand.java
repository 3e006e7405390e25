package org.efficientzoo.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.efficientzoo.zoo.CheckpointImport;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.WeightsFacts;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code import}: a checkpoint to where a look-up finds it. */
@Command(
        name = "import",
        description = {
            "Converts a checkpoint and puts it where a look-up finds it by its tag.",
            "PyTorch (.pth), safetensors, Darknet (.weights) and DJL (.params) are read, told apart"
                    + " by their content, and safetensors in several files by their .index.json. A"
                    + " prefix of the tensors' names that does not fit is removed. The number of classes is the file's own. A published tag takes the"
                    + " file of its publisher alone where a hash is published."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class ImportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "the checkpoint")
    private Path file;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "NAME",
            description = "the network; 'list' shows all names")
    private String model;

    @Option(
            names = "--tag",
            paramLabel = "TAG",
            description = "the name of the weights; the file's name without its ending by default")
    private String tag;

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            description =
                    "what they were trained on; imagenet for 1000 classes without names, else"
                            + " custom; the classes of cifar10 have their names")
    private String dataset;

    @Option(
            names = "--classes-file",
            paramLabel = "FILE",
            description = "the classes in the order of the network's outputs, one a line")
    private Path classesFile;

    @Option(
            names = "--repository",
            paramLabel = "DIR",
            description =
                    "a repository of your own; look-ups search it where the property"
                            + " efficientzoo.repository or the variable EFFICIENTZOO_REPOSITORY"
                            + " names it")
    private Path repository;

    @Option(
            names = "--argument",
            paramLabel = "KEY=VALUE",
            description =
                    "an argument of the look-up that belongs to the weights: resize, crop,"
                            + " interpolation, mean, std, channelOrder; may be repeated")
    private Map<String, String> arguments = new LinkedHashMap<>();

    @Option(names = "--half", description = "store floats as float16: half the size, three digits")
    private boolean half;

    @Option(
            names = "--top1",
            paramLabel = "PERCENT",
            description =
                    "the Top-1 accuracy on the data set's validation or test images, for 'list'")
    private Double top1;

    @Option(names = "--top5", paramLabel = "PERCENT", description = "the Top-5 accuracy")
    private Double top5;

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description = "who trained them, for 'list'; imported by default")
    private String source;

    @Option(
            names = "--license",
            paramLabel = "SPDX",
            description = "their licence, as Apache-2.0; the one that the file names by default")
    private String license;

    @Option(
            names = "--document",
            paramLabel = "FILE",
            description =
                    "a file that documents them, kept beside them: a card, recipe, metrics, curves;"
                            + " may be repeated")
    private List<Path> documents = new ArrayList<>();

    @Option(
            names = "--fresh-head",
            description =
                    "leave the checkpoint's classifier out and make a fresh one, to be trained; for"
                            + " as many classes as --classes-file has, or --argument classes=N")
    private boolean freshHead;

    @Option(
            names = "--force",
            description =
                    "replace weights of that tag, and import values that are not finite and"
                            + " negative variances, too")
    private boolean force;

    @Mixin private NetworkMixin network;

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Spec private CommandSpec spec;

    private ImportCommand() {}

    /** Notes are null, and so not printed, where there are none. */
    private record Document(
            String model,
            String tag,
            String path,
            int tensors,
            String sha256,
            List<String> notes) {}

    @Override
    public Integer call() throws Exception {
        NetworkEntry entry = Networks.get(model);
        Optional<ClassNames> classes = Optional.empty();
        if (classesFile != null) {
            classes = Optional.of(ClassNames.read(classesFile));
        }
        arguments.putAll(network.arguments());
        if (freshHead) {
            arguments.put("skipHead", "true");
        }
        String name = tag == null ? stem(file) : tag;
        CheckpointImport.Result result =
                new CheckpointImport(
                                entry,
                                name,
                                Optional.ofNullable(dataset),
                                arguments,
                                classes,
                                new WeightsFacts(
                                        Optional.ofNullable(top1),
                                        Optional.ofNullable(top5),
                                        Optional.ofNullable(source),
                                        Optional.ofNullable(license)),
                                documents,
                                half ? Precision.FLOAT16 : Precision.FLOAT32,
                                Optional.ofNullable(repository),
                                force)
                        .run(file);
        Document document =
                new Document(
                        model,
                        name,
                        result.path().toString(),
                        result.tensors(),
                        result.sha256(),
                        result.notes().isEmpty() ? null : result.notes());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonOutput.print(out, document);
        } else {
            out.printf(
                    "%s, weights %s, %d tensors%n%s%nsha256  %s%n",
                    document.model, document.tag, document.tensors, document.path, document.sha256);
            result.notes().forEach(note -> out.printf("note    %s%n", note));
            out.flush();
        }
        return 0;
    }

    private static String stem(Path file) {
        String name = Optional.ofNullable(file.getFileName()).map(Path::toString).orElse("");
        int end = name.lastIndexOf('.');
        return end < 0 ? name : name.substring(0, end);
    }
}
