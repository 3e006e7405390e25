package org.efficientzoo.cli;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.efficientzoo.zoo.LookUpArguments;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.network.NetworkOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a network that change what is built, read from {@link NetworkOption}. */
@Command // which says no options itself
final class NetworkMixin {

    /** Those that matter where nothing is trained; a command has its own way to say the classes. */
    private static final List<NetworkOption> OPTIONS =
            Arrays.stream(NetworkOption.values())
                    .filter(option -> option != NetworkOption.CLASSES)
                    .filter(option -> !option.isForTrainingAlone())
                    .toList();

    private final Map<NetworkOption, Number> values = new EnumMap<>(NetworkOption.class);

    /** Adds options from the table to those commands that have a mixin for them. */
    static void addTo(CommandLine line) {
        for (CommandLine command : line.getSubcommands().values()) {
            CommandSpec spec = command.getCommandSpec();
            find(spec, NetworkMixin.class).ifPresent(mixin -> mixin.addOwn(spec));
            find(spec, RecipeOption.class).ifPresent(mixin -> mixin.addNetwork(spec));
        }
    }

    /** The names of all options that a command may get from the table. */
    static Stream<String> allFlags() {
        return OPTIONS.stream().map(NetworkOption::flag);
    }

    private static <T> Optional<T> find(CommandSpec spec, Class<T> type) {
        if (type.isInstance(spec.userObject())) {
            return Optional.of(type.cast(spec.userObject()));
        }
        return spec.mixins().values().stream()
                .flatMap(inner -> find(inner, type).stream())
                .findFirst();
    }

    private void addOwn(CommandSpec spec) {
        for (NetworkOption option : OPTIONS) {
            add(
                    spec,
                    option,
                    option.type(),
                    option.help(),
                    value -> values.put(option, (Number) value));
        }
    }

    /**
     * Adds an option to a command.
     *
     * @param type the type of its value
     * @param taken takes the value where the option is given
     */
    static void add(
            CommandSpec spec,
            NetworkOption option,
            Class<?> type,
            String help,
            Consumer<Object> taken) {
        ISetter setter =
                new ISetter() {
                    @Override
                    public <T> T set(T value) {
                        if (value != null) {
                            taken.accept(value);
                        }
                        return null;
                    }
                };
        spec.addOption(
                OptionSpec.builder(option.flag())
                        .paramLabel(option.label())
                        .type(type)
                        .description(help)
                        .setter(setter)
                        .build());
    }

    Optional<Integer> inputChannels() {
        return Optional.ofNullable(values.get(NetworkOption.INPUT_CHANNELS)).map(Number::intValue);
    }

    double width() {
        NetworkOption width = NetworkOption.WIDTH;
        return values.getOrDefault(width, width.usual().orElseThrow()).doubleValue();
    }

    /** The options that were given, by the names that they have on the command line. */
    List<String> flags() {
        return values.keySet().stream().map(NetworkOption::flag).toList();
    }

    /** What was said, as arguments of a look-up. */
    Map<String, String> arguments() {
        return new NetworkOptions(values).arguments();
    }

    /** What was said, checked. */
    NetworkOptions options(String network, int classes) {
        NetworkOptions said = new NetworkOptions(values).withClasses(classes);
        return LookUpArguments.networkOptions(network, said.arguments());
    }
}
