package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names fit when what a training program put before them is removed, and what was done is said. */
class FittedNamesTest {

    private static final List<String> BODY =
            List.of("conv.weight", "bn.weight", "layer.0.conv.weight", "layer.0.bn.weight");
    private static final List<String> HEAD = List.of("fc.weight", "fc.bias");

    private static FittedNames fit(Set<String> tensors) {
        return FittedNames.of(
                tensors,
                new FittedNames.Wanted(
                        names("", BODY, "", HEAD),
                        () -> Optional.of("fc"),
                        all -> UnaryOperator.identity()));
    }

    private static Set<String> names(
            String prefix, List<String> some, String other, List<String> more) {
        return Stream.concat(
                        some.stream().map(name -> prefix + name),
                        more.stream().map(name -> other + name))
                .collect(LinkedHashSet::new, Set::add, Set::addAll);
    }

    private static void assertFits(FittedNames fitted) {
        assertThat(fitted.names().values())
                .containsExactlyInAnyOrderElementsOf(names("", BODY, "", HEAD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "module.",
                "_orig_mod.",
                "model.",
                "net.",
                "backbone.",
                "timm_model.",
                "_orig_mod.module.model.",
                "0.",
                "layer."
            })
    void removesAPrefixOfAllNames(String prefix) {
        FittedNames fitted = fit(names(prefix, BODY, prefix, HEAD));
        assertFits(fitted);
        assertThat(fitted.names()).containsEntry(prefix + "layer.0.bn.weight", "layer.0.bn.weight");
        assertThat(fitted.notes())
                .containsExactly(
                        "the prefix " + prefix + " is removed from the names of its tensors");
    }

    @ParameterizedTest
    @CsvSource({
        "backbone., head., 'the prefixes backbone., head. are'",
        "encoder.body., head.cls., 'the prefixes encoder.body., head.cls. are'",
        "backbone., '', 'the prefix backbone. is'"
    })
    void findsAClassifierUnderAPrefixOfItsOwn(String body, String head, String removed) {
        FittedNames fitted = fit(names(body, BODY, head, HEAD));
        assertFits(fitted);
        assertThat(fitted.notes())
                .containsExactly(removed + " removed from the names of its tensors");
    }

    @Test
    void takesNoClassifierOfTwo() {
        Set<String> tensors = names("backbone.", BODY, "head.", HEAD);
        tensors.addAll(names("aux.", HEAD, "", List.of()));
        assertThat(fit(tensors).names().values()).containsExactlyElementsOf(BODY);
    }

    @Test
    void leavesOutWhatLacksThePrefix() {
        Set<String> tensors = names("model.", BODY, "model.", HEAD);
        tensors.addAll(List.of("criterion.weight", "metric.total", "n_averaged"));
        FittedNames fitted = fit(tensors);
        assertFits(fitted);
        assertThat(fitted.notes())
                .containsExactly(
                        "the prefix model. is removed from the names of its tensors",
                        "2 of its tensors are left out, which are not of the network:"
                                + " criterion.weight, metric.total");
    }

    @Test
    void leavesNamesThatFitAsTheyAre() {
        Set<String> tensors = names("", BODY, "", HEAD);
        tensors.addAll(names("ema.", BODY, "ema.", HEAD));
        FittedNames fitted = fit(tensors);
        assertThat(fitted.notes()).isEmpty();
        assertThat(fitted.names())
                .hasSameSizeAs(tensors)
                .containsEntry("ema.fc.bias", "ema.fc.bias");
    }

    @Test
    void removesAPrefixWhereTheClassifierIsMissingOrAnother() {
        assertThat(fit(names("model.", BODY, "", List.of())).names().values())
                .containsExactlyElementsOf(BODY);
        assertThat(fit(names("model.", BODY, "model.fc.", List.of("1.weight"))).names())
                .containsEntry("model.fc.1.weight", "fc.1.weight");
    }

    @Test
    void removesNothingWhereNothingFitsThen() {
        Set<String> tensors = names("model.", BODY.subList(1, 4), "model.", HEAD);
        FittedNames fitted = fit(tensors);
        assertThat(fitted.notes()).isEmpty();
        assertThat(fitted.names().values()).containsExactlyElementsOf(tensors);
    }

    @Test
    void takesTheTrainedNetworkBeforeItsAverage() {
        Set<String> tensors = names("model_ema.", BODY, "model_ema.", HEAD);
        tensors.addAll(names("model.", BODY, "model.", HEAD));
        assertThat(fit(tensors).names()).containsKey("model.fc.bias").hasSize(6);
        assertThat(fit(names("ema.", BODY, "ema.", HEAD)).names()).containsKey("ema.fc.bias");
    }

    @Test
    void refusesTwoNetworksThatFit() {
        Set<String> tensors = names("student.", BODY, "student.", HEAD);
        tensors.addAll(names("teacher.", BODY, "teacher.", HEAD));
        assertThatThrownBy(() -> fit(tensors))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "it holds 2 networks that fit; save one of them alone: student., teacher.");
    }

    @Test
    void asksForThePublishersNamesWithoutThePrefix() {
        FittedNames fitted =
                FittedNames.of(
                        Set.of("module.stem.weight", "module.fc.weight"),
                        new FittedNames.Wanted(
                                Set.of("conv.weight", "fc.weight"),
                                () -> Optional.of("fc"),
                                all ->
                                        name ->
                                                all.contains("stem.weight")
                                                        ? name.replace("stem", "conv")
                                                        : name));
        assertThat(fitted.names().values()).containsExactlyInAnyOrder("conv.weight", "fc.weight");
    }

    @ParameterizedTest
    @CsvSource({
        "ema, true", "model_ema, true", "ema_state_dict, true", "model_ema.module, true",
        "params_ema., true", "SWA, true", "averaged_model, true", "schema, false",
        "model, false", "emanet, false", "average, true"
    })
    void tellsAveragesByTheirKeys(String key, boolean averaged) {
        assertThat(FittedNames.isAveraged(key)).isEqualTo(averaged);
    }
}
