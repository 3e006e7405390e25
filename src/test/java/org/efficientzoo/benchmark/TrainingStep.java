package org.efficientzoo.benchmark;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.torchscript.ForwardPass;
import org.efficientzoo.zoo.torchscript.ScriptedSgd;

/**
 * Time of MobileNetV2's training step on PyTorch in a process of its own: {@code plain} is DJL's
 * own blocks and optimiser, {@code eager} this project's blocks, {@code script} one native call for
 * the forward pass and one for the update.
 *
 * <pre>TrainingStep plain|eager|script STEPS</pre>
 */
final class TrainingStep {

    private static final int WARM_UP = 5;
    private static final int BATCH = 16;
    private static final Shape INPUT = new Shape(BATCH, 3, 128, 128);
    private static final float RATE = 0.01f;
    private static final float MOMENTUM = 0.9f;
    private static final float DECAY = 4e-5f;

    private TrainingStep() {}

    public static void main(String[] arguments) {
        System.setProperty("ai.djl.default_engine", "PyTorch");
        String variant = arguments[0];
        double[] clock = new double[WARM_UP + Integer.parseInt(arguments[1])];
        double[] processor = new double[clock.length];
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            boolean plain = variant.equals("plain");
            Block network = plain ? PlainMobileNetV2.build() : Networks.get("mobilenet_v2").build();
            network.initialize(manager, DataType.FLOAT32, INPUT);
            ParameterStore store = new ParameterStore(manager, false);
            NDArray x = manager.randomUniform(-1, 1, INPUT);
            NDArray labels = manager.arange(BATCH);
            try (ForwardPass pass =
                            variant.equals("script")
                                    ? ForwardPass.of(network, store, manager)
                                    : ForwardPass.eager(network, store);
                    ScriptedSgd ours = update(network, manager)) {
                Runnable update = plain ? djls(network) : () -> ours.step(RATE);
                for (int i = 0; i < clock.length; i++) {
                    long wall = System.nanoTime();
                    long cpu = processorTime();
                    step(pass, x, labels);
                    update.run();
                    clock[i] = (System.nanoTime() - wall) / 1e6;
                    processor[i] = (processorTime() - cpu) / 1e6;
                }
            }
        }
        System.out.printf(Locale.ROOT, "%s %.1f %.1f%n", variant, median(clock), median(processor));
    }

    private static void step(ForwardPass pass, NDArray x, NDArray labels) {
        try (NDManager manager = x.getManager().newSubManager();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray batch = x.reshape(INPUT);
            batch.attach(manager);
            NDArray logits = pass.logits(batch, true);
            NDArray loss =
                    new SoftmaxCrossEntropyLoss().evaluate(new NDList(labels), new NDList(logits));
            collector.backward(loss);
            loss.getFloat();
        }
    }

    private static ScriptedSgd update(Block network, NDManager manager) {
        List<ScriptedSgd.Slot> slots =
                BlockNames.parameters(network).values().stream()
                        .filter(Parameter::requiresGradient)
                        .map(Parameter::getArray)
                        .map(array -> slot(array, manager))
                        .toList();
        return new ScriptedSgd(new ScriptedSgd.Settings(MOMENTUM, false), slots, manager);
    }

    private static ScriptedSgd.Slot slot(NDArray array, NDManager manager) {
        double decay = array.getShape().dimension() > 1 ? DECAY : 0;
        return new ScriptedSgd.Slot(array, manager.zeros(array.getShape()), 1, decay);
    }

    private static Runnable djls(Block network) {
        Optimizer sgd =
                Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(RATE))
                        .optMomentum(MOMENTUM)
                        .optWeightDecays(DECAY)
                        .build();
        var parameters =
                BlockNames.parameters(network).entrySet().stream()
                        .filter(entry -> entry.getValue().requiresGradient())
                        .toList();
        return () -> {
            for (var entry : parameters) {
                NDArray array = entry.getValue().getArray();
                try (NDArray gradient = array.getGradient()) {
                    sgd.update(entry.getKey(), array, gradient);
                    gradient.subi(gradient);
                }
            }
        };
    }

    private static long processorTime() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static double median(double[] all) {
        double[] values = Arrays.copyOfRange(all, WARM_UP, all.length);
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
