package org.efficientzoo.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.training.optim.Sgd;
import org.efficientzoo.training.optim.Targets;
import org.efficientzoo.training.optim.TrainedParameters;
import org.efficientzoo.training.optim.Updater;
import org.efficientzoo.zoo.network.MobileNetV2;
import org.efficientzoo.zoo.network.SqueezeNet;
import org.efficientzoo.zoo.torchscript.ForwardPass;
import org.efficientzoo.zoo.weights.StateDict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies that share a batch, on the one processor that each machine has. */
@Slow
class ReplicaTest {

    private static final Shape IMAGES = new Shape(6, 3, 32, 32);
    private static final Shape IMAGE = new Shape(1, 3, 32, 32);
    private static final Targets TARGETS = Targets.of(List.of(0, 1, 2, 1, 0, 2), 3);

    /** Without batch norms, in which few images make rounding noise large. */
    private static Block plain() {
        return SqueezeNet.builder(SqueezeNet.Version.V1_1)
                .optStemStride(2)
                .optDropout(0)
                .optClasses(3)
                .build();
    }

    private static Block build() {
        return MobileNetV2.builder()
                .optWidth(0.25)
                .optStemStride(1)
                .optDropout(0)
                .optClasses(3)
                .build();
    }

    private record Outcome(List<StepResult> results, Map<String, float[]> weights) {}

    /** Steps with so many copies, or in as many parts. */
    private static Outcome train(int shares, boolean copies, List<String> frozen, int steps) {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            manager.getEngine().setRandomSeed(1);
            Block network = plain();
            StateDict.initialize(network, manager, IMAGES);
            TrainedParameters trained = TrainedParameters.of(network, List.of(), frozen);
            Updater updater = new Updater(new Sgd(0.9, 1e-4), trained, manager);
            TrainingStep.Builder builder =
                    TrainingStep.builder(
                            ForwardPass.of(network, new ParameterStore(manager, false), manager),
                            updater,
                            manager);
            if (copies) {
                builder.optReplicas(
                        IntStream.range(1, shares)
                                .mapToObj(
                                        i ->
                                                new Replica(
                                                        plain(),
                                                        network,
                                                        IMAGE,
                                                        Device.cpu(),
                                                        manager))
                                .toList());
            } else {
                builder.optPart(6 / shares);
            }
            try (TrainingStep step = builder.build()) {
                NDArray images = manager.create(Formula.input(IMAGES, 1), IMAGES);
                List<StepResult> results =
                        IntStream.range(0, steps)
                                .mapToObj(i -> step.run(images, TARGETS, 0.01))
                                .toList();
                Map<String, float[]> weights = new LinkedHashMap<>();
                BlockNames.parameters(network)
                        .forEach((name, p) -> weights.put(name, p.getArray().toFloatArray()));
                return new Outcome(results, weights);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void giveTheGradientsOfABatchInParts(int shares) {
        Outcome parts = train(shares, false, List.of(), 1);
        Outcome copies = train(shares, true, List.of(), 1);
        assertThat(parts.results.get(0).taken()).isTrue();
        assertThat(copies.results.get(0).loss())
                .isCloseTo(parts.results.get(0).loss(), within(1e-5));
        assertThat(copies.results.get(0).counts()).isEqualTo(parts.results.get(0).counts());
        parts.weights.forEach(
                (name, expected) ->
                        assertThat(copies.weights.get(name))
                                .as(name)
                                .containsExactly(expected, within(1e-5f)));
        assertThat(parts.weights).isNotEmpty();
    }

    @Test
    void followsTheOriginal() {
        try (NDManager manager = Engines.manager(Engines.PYTORCH)) {
            Block network = build();
            StateDict.initialize(network, manager, IMAGES);
            Updater updater =
                    new Updater(new Sgd(0.9, 1e-4), TrainedParameters.of(network), manager);
            ForwardPass pass = ForwardPass.of(network, new ParameterStore(manager, false), manager);
            Replica replica = new Replica(build(), network, IMAGE, Device.cpu(), manager);
            ForwardPass copy = replica.computation(1).forward();
            try (TrainingStep step =
                    TrainingStep.builder(pass, updater, manager)
                            .optReplicas(List.of(replica))
                            .build()) {
                NDArray images = manager.create(Formula.input(IMAGES, 1), IMAGES);
                float[] before = copy.logits(images, false).toFloatArray();
                step.run(images, TARGETS, 0.01);
                float[] after = copy.logits(images, false).toFloatArray();
                assertThat(after).containsExactly(pass.logits(images, false).toFloatArray());
                assertThat(after).isNotEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2})
    void keepWhatIsFrozen(int shares) {
        Outcome copies = train(shares, true, List.of("features.*"), 2);
        Outcome parts = train(shares, false, List.of("features.*"), 2);
        assertThat(copies.weights.get("features.0.weight"))
                .containsExactly(parts.weights.get("features.0.weight"));
        assertThat(copies.weights.get("classifier.1.weight"))
                .containsExactly(parts.weights.get("classifier.1.weight"), within(1e-5f));
    }
}
