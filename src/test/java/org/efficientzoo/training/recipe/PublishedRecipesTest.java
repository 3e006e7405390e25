package org.efficientzoo.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import org.efficientzoo.training.data.augment.ColourJitter;
import org.efficientzoo.training.data.augment.Mixing;
import org.efficientzoo.training.data.augment.Policy;
import org.efficientzoo.training.data.augment.RandomErasing;
import org.efficientzoo.training.data.augment.Range;
import org.efficientzoo.training.optim.Averaging;
import org.efficientzoo.training.optim.ParameterKind;
import org.efficientzoo.training.optim.ParameterRule;
import org.efficientzoo.training.optim.RmsProp;
import org.efficientzoo.training.optim.Schedule.Length;
import org.efficientzoo.training.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recipes have the numbers that were published. */
class PublishedRecipesTest {

    private static final int IMAGENET = 1_281_167;

    private static Recipe named(String name) throws IOException {
        return Recipes.read(Recipes.find(name));
    }

    private static Length onImageNet(Recipe recipe) {
        long stepsPerEpoch = (IMAGENET + recipe.batch() - 1L) / recipe.batch();
        return new Length(recipe.epochs() * stepsPerEpoch, stepsPerEpoch);
    }

    private static double rate(Recipe recipe, long step) {
        return recipe.learningRate() * recipe.schedule().value(step, onImageNet(recipe));
    }

    private static double decay(Recipe recipe, ParameterKind kind) {
        double decay = recipe.optimizer().weightDecay();
        for (ParameterRule rule : recipe.rules()) {
            assertThat(rule.names()).isEqualTo("*");
            assertThat(rule.rate()).isEqualTo(1);
            decay *= rule.kinds().contains(kind) ? rule.decay() : 1;
        }
        return decay;
    }

    @ParameterizedTest
    @CsvSource({
        "resnet, 256, 90, 256, 224, 224, 0",
        "resnext, 256, 100, 256, 224, 224, 0",
        "torchvision_v2, 1024, 600, 232, 224, 176, 0.1",
        "mobilenet_v1, 64, 200, 256, 224, 224, 0",
        "mobilenet_v2, 256, 300, 256, 224, 224, 0",
        "mobilenet_v2_rmsprop, 96, 300, 256, 224, 224, 0",
        "mobilenet_v2_widths, 256, 150, 256, 224, 224, 0",
        "shufflenet, 1024, 240, 256, 224, 224, 0.1",
        "squeezenet, 128, 100, 256, 224, 224, 0",
        "darknet, 128, 80, 256, 256, 256, 0"
    })
    void hasThePublishedSizes(
            String name, int batch, int epochs, int resize, int crop, int trained, double smoothed)
            throws IOException {
        Recipe recipe = named(name);

        assertThat(recipe.batch()).isEqualTo(batch);
        assertThat(recipe.epochs()).isEqualTo(epochs);
        assertThat(recipe.validation().resize()).isEqualTo(resize);
        assertThat(recipe.validation().crop()).isEqualTo(crop);
        assertThat(recipe.augmentation().cropHeight()).isEqualTo(trained);
        assertThat(recipe.augmentation().cropWidth()).isEqualTo(trained);
        assertThat(recipe.augmentation().flip()).isEqualTo(0.5);
        assertThat(recipe.labelSmoothing()).isEqualTo(smoothed);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet, 0, 0.1",
        "resnet, 29.9, 0.1",
        "resnet, 30, 0.01",
        "resnet, 60, 0.001",
        "resnet, 89.9, 0.001",
        "resnext, 90, 0.0001",
        "torchvision_v2, 0, 0.005",
        "torchvision_v2, 0.9, 0.005",
        "torchvision_v2, 1, 0.104",
        "torchvision_v2, 5, 0.5",
        "torchvision_v2, 124, 0.452254248593737", // a fifth of the way down
        "torchvision_v2, 481.5, 0.047745751406263", // four fifths
        "mobilenet_v1, 2.4, 0.045",
        "mobilenet_v1, 2.6, 0.0423",
        "mobilenet_v1, 5.1, 0.039762",
        "mobilenet_v2, 0.9, 0.045",
        "mobilenet_v2, 1, 0.0441",
        "mobilenet_v2, 2, 0.043218",
        "mobilenet_v2_rmsprop, 0.9, 0.045",
        "mobilenet_v2_rmsprop, 1, 0.0441",
        "mobilenet_v2_widths, 0, 0.05",
        "mobilenet_v2_widths, 75, 0.025",
        "shufflenet, 0, 0.5",
        "shufflenet, 60, 0.375",
        "shufflenet, 180, 0.125",
        "squeezenet, 29.9, 0.01",
        "squeezenet, 30, 0.001",
        "squeezenet, 90, 0.00001"
    })
    void hasThePublishedRateInAnEpoch(String name, double epoch, double published)
            throws IOException {
        Recipe recipe = named(name);
        long step = Math.round(epoch * onImageNet(recipe).stepsPerEpoch());

        assertThat(rate(recipe, step)).isCloseTo(published, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({
        "resnet, 1e-4, 1e-4, 1e-4, 1e-4",
        "resnext, 1e-4, 1e-4, 1e-4, 1e-4",
        "torchvision_v2, 2e-5, 2e-5, 0, 2e-5",
        "mobilenet_v1, 4e-5, 0, 0, 0",
        "mobilenet_v2, 4e-5, 4e-5, 4e-5, 4e-5",
        "mobilenet_v2_rmsprop, 4e-5, 0, 0, 0",
        "mobilenet_v2_widths, 4e-5, 4e-5, 4e-5, 4e-5",
        "shufflenet, 4e-5, 4e-5, 0, 0",
        "squeezenet, 2e-4, 2e-4, 2e-4, 2e-4",
        "darknet, 5e-4, 5e-4, 0, 0"
    })
    void hasThePublishedDecay(
            String name, double weights, double depthwise, double norms, double biases)
            throws IOException {
        Recipe recipe = named(name);

        assertThat(decay(recipe, ParameterKind.CONVOLUTION)).isEqualTo(weights);
        assertThat(decay(recipe, ParameterKind.LINEAR)).isEqualTo(weights);
        assertThat(decay(recipe, ParameterKind.DEPTHWISE)).isEqualTo(depthwise);
        assertThat(decay(recipe, ParameterKind.NORM)).isEqualTo(norms);
        assertThat(decay(recipe, ParameterKind.BIAS)).isEqualTo(biases);
    }

    @Test
    void allButTheMobileNetsOfTensorFlowHavePlainMomentum() throws IOException {
        for (String name : Recipes.names()) {
            Recipe recipe = named(name);
            if (List.of("mobilenet_v1", "mobilenet_v2_rmsprop").contains(name)) {
                assertThat(recipe.optimizer()).isEqualTo(RmsProp.mobileNet(4e-5));
                assertThat(recipe.augmentation().mean()).containsOnly(0.5f);
                assertThat(recipe.augmentation().std()).containsOnly(0.5f);
            } else {
                Sgd sgd = (Sgd) recipe.optimizer();
                assertThat(sgd.momentum()).as(name).isEqualTo(0.9);
                assertThat(sgd.dampening()).as(name).isZero();
            }
        }
    }

    @Test
    void theSecondWeightsOfTorchvisionAreAveragedAndAugmented() throws IOException {
        Recipe recipe = named("torchvision_v2");
        Averaging published = Averaging.scaled(0.99998, 32, 1024, 600);

        assertThat(recipe.average().orElseThrow().every()).isEqualTo(published.every());
        assertThat(recipe.average().orElseThrow().decay())
                .isCloseTo(published.decay(), within(1e-12));
        assertThat(recipe.augmentation().policy()).isEqualTo(Policy.TRIVIAL);
        assertThat(recipe.augmentation().erasing()).isEqualTo(RandomErasing.of(0.1));
        assertThat(recipe.augmentation().mixing()).isEqualTo(new Mixing(0.2, 1));
    }

    @Test
    void shuffleNetsSeeOtherColoursForThreeHundredThousandSteps() throws IOException {
        Recipe recipe = named("shufflenet");

        assertThat(recipe.augmentation().colourJitter())
                .isEqualTo(new ColourJitter(0.4, 0.4, 0.4, 0));
        assertThat((double) onImageNet(recipe).steps()).isCloseTo(300_000, within(600.0));
    }

    @Test
    void mobileNetV1SeesLargerPartsOfItsImages() throws IOException {
        assertThat(named("mobilenet_v1").augmentation().scale()).isEqualTo(new Range(0.2, 1));
        assertThat(named("mobilenet_v2_rmsprop").augmentation().scale())
                .isEqualTo(new Range(0.08, 1));
    }

    /** Darknet counts its polynomial from the first step, this project from the end of the rise. */
    @ParameterizedTest
    @CsvSource({"1", "500", "999", "1000", "100000", "400000", "700000"})
    void darknetRisesAndFallsAsItsConfigurationSays(int step) throws IOException {
        Recipe recipe = named("darknet");
        double published =
                step < 1000
                        ? 0.1 * Math.pow(step / 1000.0, 4)
                        : 0.1 * Math.pow(1 - step / 800_000.0, 4);

        assertThat(rate(recipe, step)).isCloseTo(published, within(5e-3 * 0.1));
        if (step < 1000) {
            assertThat(rate(recipe, step)).isCloseTo(published, within(1e-15));
        }
        assertThat((double) onImageNet(recipe).steps()).isCloseTo(800_000, within(1000.0));
    }

    @Test
    void darknetDoesNotNormalise() throws IOException {
        assertThat(named("darknet").augmentation().mean()).containsOnly(0f);
        assertThat(named("darknet").augmentation().std()).containsOnly(1f);
    }
}
