package org.efficientzoo.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.efficientzoo.training.sample.SampleData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sample-data}: a small data set to try a training on. */
@Command(
        name = "sample-data",
        description = {
            "Draws a small data set in ImageNet's layout, FOLDER/train/CLASS/*.png and"
                    + " FOLDER/val/CLASS/*.png.",
            "Its ten classes take shape, colour and texture to tell apart."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class SampleDataCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "the folder to make, new or empty")
    private Path folder;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "400",
            description = "training pictures of each class; ${DEFAULT-VALUE} by default")
    private int images;

    @Option(
            names = "--val-images",
            paramLabel = "N",
            defaultValue = "40",
            description = "validation pictures of each class; ${DEFAULT-VALUE} by default")
    private int validationImages;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            defaultValue = "64",
            description = "the sides of a picture; ${DEFAULT-VALUE} by default")
    private int size;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "another number makes other pictures; ${DEFAULT-VALUE} by default")
    private long seed;

    @Spec private CommandSpec spec;

    private SampleDataCommand() {}

    @Override
    public Integer call() throws Exception {
        System.setProperty("java.awt.headless", "true");
        SampleData data = new SampleData(seed, images, validationImages, size);
        try (Progress progress = Progress.start("sample-data", data.images())) {
            data.write(folder, progress::step);
        }
        PrintWriter out = spec.commandLine().getOut();
        int classes = data.images() / (images + validationImages);
        out.printf(
                "%d training and %d validation pictures of %d classes in %s%n",
                classes * images, classes * validationImages, classes, folder);
        out.flush();
        return 0;
    }
}
