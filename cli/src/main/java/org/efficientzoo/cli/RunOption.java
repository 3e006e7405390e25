package org.efficientzoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.efficientzoo.training.run.RunFolder;
import org.efficientzoo.training.run.TrainedRun;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Which training run the weights are of, in place of a {@link ModelOption}. */
final class RunOption {

    /** Options of a model that do not say what a run knows itself. */
    private static final Set<String> BESIDE_A_RUN = Set.of("--engine", "--classes-file");

    @Option(
            names = "--run",
            paramLabel = "RUN",
            description =
                    "the folder of a training run, in place of --model: its weights, with its"
                            + " classes and preprocessing")
    private Path run;

    @Option(
            names = "--checkpoint",
            paramLabel = "WHICH",
            converter = Converter.class,
            description = "the weights of the run: best, last or average; best by default")
    private TrainedRun.Weights checkpoint;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Reads which weights. */
    static final class Converter implements ITypeConverter<TrainedRun.Weights> {
        @Override
        public TrainedRun.Weights convert(String name) {
            List<TrainedRun.Weights> all = List.of(TrainedRun.Weights.values());
            return all.stream()
                    .filter(which -> which.toString().equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "a run has no weights %s; there is %s"
                                                    .formatted(
                                                            name,
                                                            all.stream()
                                                                    .map(Object::toString)
                                                                    .collect(
                                                                            Collectors.joining(
                                                                                    ", ")))));
        }
    }

    /** Whether a folder is a run and none of images. */
    static boolean isRun(Path folder) {
        return new RunFolder(folder).isRun();
    }

    /**
     * Opens the run that is named or that the folder is, and has the model taken from it.
     *
     * @param folder the folder that is evaluated, if one is named
     * @param model the options of the model, of which there must be none then
     * @param mixin the name of these options' mixin
     * @return the run, if there is one
     */
    Optional<TrainedRun> open(Optional<Path> folder, ModelOption model, String mixin)
            throws IOException {
        Optional<Path> itself = folder.filter(RunOption::isRun);
        Optional<Path> root = Optional.ofNullable(run).or(() -> itself);
        if (root.isEmpty()) {
            if (checkpoint != null) {
                throw misuse("--checkpoint is for the weights of a run, found no run");
            }
            return Optional.empty();
        }
        Stream<String> ofTheModel =
                command.mixins().get(mixin).options().stream().map(OptionSpec::longestName);
        for (String name : Stream.concat(ofTheModel, NetworkMixin.allFlags()).toList()) {
            if (!BESIDE_A_RUN.contains(name) && isGiven(name)) {
                throw misuse("a run has its own network and weights, found " + name);
            }
        }
        if (run != null && itself.isPresent()) {
            throw misuse("there must be one run, found %s and %s".formatted(run, folder.get()));
        }
        TrainedRun trained = TrainedRun.open(root.get());
        TrainedRun.Weights which = checkpoint == null ? TrainedRun.Weights.BEST : checkpoint;
        model.take(trained.network(), trained.weights(which));
        return Optional.of(trained);
    }

    private boolean isGiven(String option) {
        return command.commandLine().getParseResult().hasMatchedOption(option);
    }

    private ParameterException misuse(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
