package org.efficientzoo.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.efficientzoo.training.data.Failure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command line {@code efficient-zoo}. */
@Command(
        name = "efficient-zoo",
        description = "Efficient image classifiers on the JVM.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ListCommand.class,
            SummaryCommand.class,
            ClassifyCommand.class,
            EvaluateCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            TrainCommand.class,
            SampleDataCommand.class,
            BenchmarkCommand.class,
            SelfTestCommand.class
        })
public final class Main implements Runnable {

    private static final String VERBOSE = "--verbose";

    @Option(
            names = VERBOSE,
            scope = ScopeType.INHERIT,
            description = "show the stack trace of an error, and in which layout PyTorch computes")
    private boolean verbose;

    @Spec private CommandSpec spec;

    private Main() {}

    /**
     * Runs a command and ends the process: status 0 done, 1 failed, 2 wrong usage.
     *
     * @param arguments the command and its arguments
     */
    public static void main(String[] arguments) {
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // the texts around are English
        int status;
        try {
            status = run(arguments);
        } catch (Error e) { // picocli handles exceptions only
            new SafeWriter(System.err).println("efficient-zoo: " + Failure.describe(e));
            status = CommandLine.ExitCode.SOFTWARE;
        }
        System.exit(status);
    }

    /**
     * Runs a command.
     *
     * @param arguments the command and its arguments
     * @return the exit status: 0 done, 1 failed, 2 wrong usage
     */
    static int run(String... arguments) {
        EngineOption.prepare(List.of(arguments).contains(VERBOSE));
        Main main = new Main();
        CommandLine line = new CommandLine(main);
        NetworkMixin.addTo(line);
        line.setOut(new SafeWriter(System.out));
        line.setErr(new SafeWriter(System.err));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.registerConverter(Path.class, Main::path);
        line.setExecutionExceptionHandler((e, command, parsed) -> main.failed(e, command));
        line.setParameterExceptionHandler(Main::misused);
        line.setUsageHelpAutoWidth(true);
        return line.execute(arguments);
    }

    private static Path path(String typed) {
        try {
            return Path.of(typed);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(Failure.describe(e));
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private int failed(Exception e, CommandLine command) {
        PrintWriter err = command.getErr();
        err.println("efficient-zoo: " + Failure.describe(e));
        if (verbose) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            // Indented, so that no line of a message looks like one of ours.
            trace.toString().lines().forEach(l -> err.println("  " + l.replace("\t", "  ")));
        }
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static int misused(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("efficient-zoo: " + Failure.oneLine(e.getMessage()));
        String name = command.getCommandSpec().qualifiedName();
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("'" + name + " --help' shows how it is used");
        }
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"efficient-zoo " + (version == null ? "(unpacked)" : version)};
        }
    }
}
