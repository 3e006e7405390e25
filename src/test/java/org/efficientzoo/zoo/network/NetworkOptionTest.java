package org.efficientzoo.zoo.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.efficientzoo.training.recipe.NetworkSettings;
import org.efficientzoo.zoo.LookUpArguments;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every row of the table is known wherever options are said. */
class NetworkOptionTest {

    /** A value that is not the usual one, and suits DarkNets, which have all options. */
    private static final Map<NetworkOption, Number> OTHERS =
            new TreeMap<>(
                    Map.of(
                            NetworkOption.CLASSES,
                            7,
                            NetworkOption.INPUT_CHANNELS,
                            1,
                            NetworkOption.DROPOUT,
                            0.3f,
                            NetworkOption.WIDTH,
                            0.5,
                            NetworkOption.LEAKY_SLOPE,
                            0.01f,
                            NetworkOption.STEM_STRIDE,
                            2));

    @Test
    void hasATestOfEachRow() {
        assertThat(OTHERS.keySet()).containsExactly(NetworkOption.values());
    }

    @ParameterizedTest
    @EnumSource
    void isAnArgumentOfALookUpAndOfACheckpoint(NetworkOption option) {
        assertThat(LookUpArguments.names()).contains(option.key());
        assertThat(CheckpointCard.ARGUMENTS).contains(option.key());
        NetworkOptions options = NetworkOptions.DEFAULT.with(option, OTHERS.get(option));
        assertThat(LookUpArguments.networkOptions("darknet19", options.arguments()))
                .isEqualTo(options);
        assertThat(NetworkSettings.OPTIONS.contains(option)).isEqualTo(!option.isOfTheData());
        assertThat(option.flag()).matches("--[a-z-]+");
    }

    @ParameterizedTest
    @EnumSource
    void isRefusedByNetworksThatDoNotHaveIt(NetworkOption option) {
        NetworkOptions options = NetworkOptions.DEFAULT.with(option, OTHERS.get(option));
        List<String> without =
                Networks.all().stream()
                        .filter(entry -> !entry.has(option))
                        .map(NetworkEntry::name)
                        .toList();
        for (String name : without) {
            assertThatThrownBy(() -> Networks.get(name).build(options))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "%s has no %s, found %s %s"
                                    .formatted(
                                            name, option.noun(), option.key(), OTHERS.get(option)));
        }
        assertThat(without.isEmpty())
                .isEqualTo(option != NetworkOption.WIDTH && option != NetworkOption.LEAKY_SLOPE);
        assertThat(Networks.get("darknet19").has(option)).isTrue();
        assertThat(Networks.get("darknet19").build(options)).isNotNull();
    }

    @Test
    void refusesValuesOfAnotherKind() {
        assertThatThrownBy(() -> NetworkOption.STEM_STRIDE.parse("1.5"))
                .hasMessage("stemStride must be a whole number, found 1.5");
        assertThatThrownBy(() -> NetworkOption.WIDTH.parse("wide"))
                .hasMessage("width must be a number, found wide");
        assertThatThrownBy(() -> NetworkOptions.DEFAULT.with(NetworkOption.CLASSES, 10.0))
                .hasMessage("classes takes values of the type Integer, found 10.0");
        assertThatThrownBy(() -> new NetworkSettings(Optional.empty(), TEN))
                .hasMessage("the data set says classes");
        assertThat(Arrays.asList(NetworkOption.values())).doesNotHaveDuplicates();
    }

    private static final NetworkOptions TEN = NetworkOptions.DEFAULT.withClasses(10);
}
