package org.efficientzoo.blocks.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import com.google.gson.JsonObject;
import java.util.List;
import org.efficientzoo.blocks.AsymmetricConv;
import org.efficientzoo.blocks.ChannelShuffle;
import org.efficientzoo.blocks.ConvNormActivation;
import org.efficientzoo.blocks.Fire;
import org.efficientzoo.blocks.GroupedConv2d;
import org.efficientzoo.blocks.Nonlinearity;
import org.efficientzoo.blocks.StackedConv;
import org.efficientzoo.reference.References;
import org.junit.jupiter.api.Test;

class ComplexityTest {

    private static final Shape INPUT = new Shape(1, 6, 112, 112);

    private static Block grouped(int groups) {
        return GroupedConv2d.builder(6, 30)
                .optKernel(3)
                .optPadded(false)
                .optGroups(groups)
                .optBias()
                .build();
    }

    @Test
    void printsTheFourRowsOfTheGroupedConvolutionAsThopDoes() {
        List<String> printed =
                List.of(1, 2, 3, 6).stream()
                        .map(groups -> Complexity.of(grouped(groups), INPUT, Convention.THOP))
                        .map(c -> CleverFormat.of(c.macs()) + " " + CleverFormat.of(c.parameters()))
                        .toList();
        assertThat(printed)
                .containsExactly(
                        "19.96M 1.65K", "10.16M 840.00B", "6.90M 570.00B", "3.63M 300.00B");
    }

    @Test
    void countsTheIntegersOfTheReferenceInBothConventions() {
        List<JsonObject> rows =
                References.objects(References.json("macs_clever_format.json").get("rows"));
        assertThat(rows).hasSize(4);
        for (JsonObject row : rows) {
            Block conv = grouped(row.get("groups").getAsInt());
            Complexity thop = Complexity.of(conv, INPUT, Convention.THOP);
            Complexity plain = Complexity.of(conv, INPUT);
            assertThat(thop.macs()).isEqualTo(row.get("macs_with_bias").getAsLong());
            assertThat(plain.macs()).isEqualTo(row.get("macs_without_bias").getAsLong());
            assertThat(plain.parameters()).isEqualTo(row.get("params").getAsLong());
            assertThat(CleverFormat.of(plain.macs()))
                    .isEqualTo(row.get("macs_string_without_bias").getAsString());
            assertThat(plain.layers().get(0).output())
                    .isEqualTo(References.shape(row.get("output_shape")));
        }
    }

    @Test
    void roundsTheExactDoubleAndTakesTheNextUnitOnlyAboveItsThreshold() {
        assertThat(CleverFormat.of(19_965_000)).isEqualTo("19.96M"); // String.format gives 19.97
        assertThat(CleverFormat.of(1000)).isEqualTo("1000.00B");
        assertThat(CleverFormat.of(1001)).isEqualTo("1.00K");
        assertThat(CleverFormat.of(1_000_000)).isEqualTo("1000.00K");
        assertThat(CleverFormat.of(2_000_000_000L)).isEqualTo("2.00G");
        assertThat(CleverFormat.of(3_500_000_000_000L)).isEqualTo("3.50T");
        assertThat(CleverFormat.of(0)).isEqualTo("0.00B");
    }

    @Test
    void countsAFireModuleAsOneDoesByHand() {
        Complexity cost = Complexity.of(new Fire(64, 16, 64, 64), new Shape(1, 64, 55, 55));
        assertThat(cost.parameters()).isEqualTo(64 * 16 + 16 + 16 * 64 + 64 + 16 * 64 * 9 + 64);
        assertThat(cost.macs()).isEqualTo(55 * 55 * (64 * 16 + 16 * 64 + 16 * 64 * 9));
        assertThat(cost.activations()).isEqualTo(55 * 55 * (16 + 64 + 64));
    }

    @Test
    void countsFourOperationsAnElementOfABatchNormInThopsConventionOnly() {
        Block norm = BatchNorm.builder().build();
        Shape input = new Shape(2, 8, 5, 7);
        assertThat(Complexity.of(norm, input, Convention.THOP).macs()).isEqualTo(4 * 2 * 8 * 5 * 7);
        assertThat(Complexity.of(norm, input).macs()).isZero();
        assertThat(Complexity.of(norm, input).parameters()).isEqualTo(16);
    }

    @Test
    void chargesNothingForAChannelShuffle() {
        Complexity cost = Complexity.of(new ChannelShuffle(3), INPUT, Convention.THOP);
        assertThat(cost.macs()).isZero();
        assertThat(cost.parameters()).isZero();
    }

    @Test
    void countsTheMacsOfAllImagesAndTheParametersOnce() {
        Block unit = ConvNormActivation.pointwise(6, 10, Nonlinearity.RELU);
        Complexity one = Complexity.of(unit, INPUT);
        Complexity three = Complexity.of(unit, new Shape(3, 6, 112, 112));
        assertThat(three.macs()).isEqualTo(3 * one.macs());
        assertThat(three.parameters()).isEqualTo(one.parameters());
    }

    @Test
    void countsALeafThatStandsTwiceOnceInParametersAndTwiceInMacs() {
        Conv2d conv = GroupedConv2d.builder(6, 6).optKernel(3).build();
        Complexity once = Complexity.of(new SequentialBlock().add(conv), INPUT);
        Complexity twice = Complexity.of(new SequentialBlock().add(conv).add(conv), INPUT);
        assertThat(twice.macs()).isEqualTo(2 * once.macs());
        assertThat(twice.parameters()).isEqualTo(once.parameters());
    }

    @Test
    void countsInsideAUsersSequentialBlockAndNamesLayersByPosition() {
        Block net =
                new SequentialBlock()
                        .add(ConvNormActivation.pointwise(6, 64, Nonlinearity.RELU))
                        .add(new Fire(64, 16, 8, 8));
        Complexity cost = Complexity.of(net, INPUT);
        assertThat(cost.layers().stream().map(LayerCost::name))
                .containsExactly("0.0", "0.1", "1.squeeze", "1.expand1x1", "1.expand3x3");
        assertThat(cost.layers().get(4).output()).isEqualTo(new Shape(1, 8, 112, 112));
    }

    @Test
    void showsThatFactorisedConvolutionsHaveFewerWeights() {
        Block five = ConvNormActivation.grouped(32, 32, 5, 1, 1, Nonlinearity.RELU);
        Block seven = ConvNormActivation.grouped(32, 32, 7, 1, 1, Nonlinearity.RELU);
        Shape input = new Shape(1, 32, 14, 14);
        assertThat(Complexity.of(new StackedConv(32, 32, 5, 1), input).macs() * 25)
                .isEqualTo(Complexity.of(five, input).macs() * 18);
        assertThat(Complexity.of(new AsymmetricConv(32, 32, 7, 1), input).macs() * 49)
                .isEqualTo(Complexity.of(seven, input).macs() * 14);
    }

    @Test
    void namesItsConventionInTheTable() {
        Block conv = grouped(1);
        assertThat(new SummaryTable(Complexity.of(conv, INPUT)).toString())
                .contains("19,602,000 - " + Convention.CONV_LINEAR.description());
        assertThat(new SummaryTable(Complexity.of(conv, INPUT, Convention.THOP)).toString())
                .contains("19,965,000 - " + Convention.THOP.description())
                .contains("THOP prints  19.96M 1.65K");
    }
}
